"""What every app stands on: the actor, errors, ids, money, the HTTP envelope and its habits, jobs, health. No domain."""
