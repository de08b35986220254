"""."""
from companies.alerts.letters import Waiting
from django.core.mail import EmailMessage
def alert_letter(waiting: Waiting) -> EmailMessage:
    return EmailMessage("x", "y")
