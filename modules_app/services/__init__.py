"""The verbs. Views, commands and REST call the same functions; the actor is always named."""
