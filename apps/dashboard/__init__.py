"""The pages on which technicians and the counter work all day: a list of orders, one order, and the intake.

Rendered on the server and usable without JavaScript. Every page asks the selectors and every form calls the services that
the HTTP interface uses, so that both doors say and do the same.
"""
