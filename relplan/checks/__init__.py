"""The check of a plan: rules, what they look at, and how their findings are weighed."""
