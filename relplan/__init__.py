"""relplan: one validated release plan, and every document made from it."""
