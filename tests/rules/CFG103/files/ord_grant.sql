-- account
ALTER USER ord IDENTIFIED BY 'Ord#2026x';
