见附件
update the docs
