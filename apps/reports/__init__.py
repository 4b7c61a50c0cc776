"""Reports: what a branch took in, handed out, earned and used in a stretch of days, made by a job and kept as made."""
