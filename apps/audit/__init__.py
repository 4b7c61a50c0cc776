"""What happened, and who still has to hear of it: the audit log and the outbox are one append-only table of events.

An event is written in the transaction of the change it tells of, with one delivery for each subscriber. After commit a
job is woken; whatever that misses, the sweeper takes up. Nothing else in the house sends anything anywhere.
"""
