"""What beat starts by itself: the name of the job and the seconds between two starts. Late ones are not made up for."""

from typing import Any

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "audit.sweep": {"task": "audit.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "notifications.sweep": {"task": "notifications.sweep", "schedule": 3.0, "options": {"expires": 3}},
    "notifications.purge": {"task": "notifications.purge", "schedule": 24 * 3600.0},
    "core.purge_idempotency": {"task": "core.purge_idempotency", "schedule": 3600.0},
    "core.purge_job_runs": {"task": "core.purge_job_runs", "schedule": 24 * 3600.0},
    "accounts.purge_page_sessions": {"task": "accounts.purge_page_sessions", "schedule": 24 * 3600.0},
    "accounts.purge_sessions": {"task": "accounts.purge_sessions", "schedule": 24 * 3600.0},
    "accounts.purge_claims": {"task": "accounts.purge_claims", "schedule": 24 * 3600.0},
    "accounts.purge_codes": {"task": "accounts.purge_codes", "schedule": 24 * 3600.0},
    "accounts.purge_challenges": {"task": "accounts.purge_challenges", "schedule": 24 * 3600.0},
    "accounts.purge_failures": {"task": "accounts.purge_failures", "schedule": 3600.0},
    "inventory.compute_reorder_points": {"task": "inventory.compute_reorder_points", "schedule": 24 * 3600.0},
    "inventory.verify_stock": {"task": "inventory.verify_stock", "schedule": 24 * 3600.0},
    "inventory.release_expired": {"task": "inventory.release_expired", "schedule": 60.0, "options": {"expires": 60}},
    "repairs.tell_delays": {"task": "repairs.tell_delays", "schedule": 300.0, "options": {"expires": 300}},
    "repairs.remind_unclaimed": {"task": "repairs.remind_unclaimed", "schedule": 3600.0, "options": {"expires": 3600}},
    "catalog.describe_models": {"task": "catalog.describe_models", "schedule": 24 * 3600.0},
    "catalog.link_allocations": {"task": "catalog.link_allocations", "schedule": 24 * 3600.0},
    "catalog.move_leftovers": {"task": "catalog.move_leftovers", "schedule": 24 * 3600.0},
    "inventory.describe_items": {"task": "inventory.describe_items", "schedule": 24 * 3600.0},
    "pricing.refresh_estimators": {"task": "pricing.refresh_estimators", "schedule": 10.0, "options": {"expires": 10}},
    "pricing.train_estimators": {"task": "pricing.train_estimators", "schedule": 6 * 3600.0},
    "reports.sweep": {"task": "reports.sweep", "schedule": 60.0, "options": {"expires": 60}},
    "reports.make_due": {"task": "reports.make_due", "schedule": 600.0, "options": {"expires": 600}},
    "repairs.remind_bookings": {"task": "repairs.remind_bookings", "schedule": 300.0, "options": {"expires": 300}},
    "repairs.expire_quotes": {"task": "repairs.expire_quotes", "schedule": 3600.0},
    "inventory.drop_orphaned_photos": {"task": "inventory.drop_orphaned_photos", "schedule": 24 * 3600.0},
    "repairs.make_lost_thumbnails": {
        "task": "repairs.make_lost_thumbnails",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "repairs.wipe_passwords": {"task": "repairs.wipe_passwords", "schedule": 3600.0},
    "repairs.drop_orphaned_attachments": {"task": "repairs.drop_orphaned_attachments", "schedule": 24 * 3600.0},
}

# Of these only what failed or took long is noted: they are many, and what they worked on says in its own rows how far it is.
QUIET_JOBS = frozenset(
    {"audit.deliver", "notifications.send"}
    | {entry["task"] for entry in BEAT_SCHEDULE.values() if entry["schedule"] <= 60}
)
