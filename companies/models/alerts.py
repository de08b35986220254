"""What people want to be told of, what they were told, and how far the looking has come."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from companies.models.companies import Company
from companies.models.ids import new_id
from companies.models.organisations import Organisation
from companies.models.targets import TargetMarket
from markets.models import Area, Currency, Dataset, Indicator, Release
from markets.models.fields import ExactDecimalField


class AlertRule(models.Model):
    """One sentence: tell me when this happens. Always a person's own, of a target market or by itself.

    crosses: the newest value of a series passes `threshold` (`direction` says which way). changes: it differs by more
    than `change_pct` per cent from the newest value before. revised: a later vintage changes a value that was stated,
    by more than `change_pct` per cent where one is given; without an indicator, of any figure of the market.
    rate_crosses, rate_changes: the same of the newest daily rate, units of `currency` for one `base`; changes count
    from the last alert, or from the day the rule began. record_approved: of `company` or of any in `organisation`, to
    `market` where one is named. source_late: the dataset is late or its downloads fail.
    begins_at: what was published before counts for nothing. paused_at, removed_at: it tells nothing from then on.
    """

    class Kind(models.TextChoices):
        CROSSES = "crosses", "An indicator crosses a value"
        CHANGES = "changes", "An indicator changes"
        REVISED = "revised", "A figure is revised"
        RATE_CROSSES = "rate_crosses", "An exchange rate crosses a value"
        RATE_CHANGES = "rate_changes", "An exchange rate changes"
        RECORD_APPROVED = "record_approved", "A record is approved"
        SOURCE_LATE = "source_late", "A source is late"

    class Direction(models.TextChoices):
        EITHER = "", "Either way"
        UP = "up", "Upwards"
        DOWN = "down", "Downwards"

    OF_SERIES = (Kind.CROSSES, Kind.CHANGES, Kind.REVISED)
    OF_RATES = (Kind.RATE_CROSSES, Kind.RATE_CHANGES)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alert_rules")
    target = models.ForeignKey(TargetMarket, null=True, blank=True, on_delete=models.CASCADE, related_name="rules")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    market = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    indicator = models.ForeignKey(Indicator, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    currency = models.ForeignKey(Currency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    base = models.ForeignKey(Currency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    dataset = models.ForeignKey(Dataset, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    company = models.ForeignKey(Company, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    threshold = ExactDecimalField(null=True, blank=True)
    change_pct = ExactDecimalField(null=True, blank=True)
    direction = models.CharField(max_length=4, choices=Direction.choices, default=Direction.EITHER, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    begins_at = models.DateTimeField(db_default=Now())
    paused_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(kind__in=("crosses", "changes"))
                | Q(indicator__isnull=False, market__isnull=False, currency=None, dataset=None, organisation=None),
                name="rule_of_series",
            ),
            models.CheckConstraint(condition=~Q(kind="revised") | Q(market__isnull=False), name="rule_of_revisions"),
            models.CheckConstraint(
                condition=~Q(kind__in=("rate_crosses", "rate_changes"))
                | Q(currency__isnull=False, base__isnull=False, indicator=None, dataset=None, organisation=None),
                name="rule_of_rates",
            ),
            models.CheckConstraint(
                condition=~Q(kind="record_approved") | Q(organisation__isnull=False), name="rule_of_records"
            ),
            models.CheckConstraint(condition=~Q(kind="source_late") | Q(dataset__isnull=False), name="rule_of_sources"),
            models.CheckConstraint(
                condition=~Q(kind__in=("crosses", "rate_crosses")) | Q(threshold__isnull=False),
                name="rule_has_threshold",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=("changes", "rate_changes")) | Q(change_pct__isnull=False),
                name="rule_has_change",
            ),
            models.CheckConstraint(
                condition=Q(change_pct=None) | Q(change_pct__gte=0), name="rule_change_not_negative"
            ),
        )
        indexes = (
            models.Index(fields=("person", "-created_at", "-id"), name="rule_of_person"),
            models.Index(
                fields=("kind", "market", "indicator"),
                condition=Q(paused_at=None, removed_at=None),
                name="rule_in_force",
            ),
            models.Index(fields=("target",), name="rule_of_target"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.market_id or self.currency_id or self.dataset_id or ''}"


class AlertLetter(models.Model):
    """A letter with alerts that was sent to a person. count: of the alerts in it.

    sent_at: null where nothing had to be sent, because its alerts were read before or are not the person's to see.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alert_letters")
    count = models.PositiveIntegerField()
    sent_at = models.DateTimeField(null=True, blank=True, db_default=Now())

    class Meta:
        ordering = ("-sent_at", "-id")

    def __str__(self) -> str:
        return f"{self.count} {self.sent_at}"


class Alert(models.Model):
    """That a rule's sentence came true: once for each rule and event.

    event: what happened, by a key of its own: `release:12`, `change:345`, `late:worldbank:2026-11-02`.
    facts: old and new value with period, status and release, as JSON keeps them exactly; the words are made when it is
    read. organisation: whose records it tells of, so that who leaves reads no more of them.
    letter: the one it was sent in; null while it waits, or where its person wants no letters.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule = models.ForeignKey(AlertRule, on_delete=models.CASCADE, related_name="alerts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alerts")
    target = models.ForeignKey(TargetMarket, null=True, blank=True, on_delete=models.SET_NULL, related_name="alerts")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    event = models.CharField(max_length=100)
    release = models.ForeignKey(Release, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    facts = models.JSONField()
    fired_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True, blank=True)
    letter = models.ForeignKey(AlertLetter, null=True, blank=True, on_delete=models.SET_NULL, related_name="alerts")

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("rule", "event"), name="alert_once"),)
        indexes = (
            models.Index(fields=("person", "-id"), name="alert_of_person"),
            models.Index(fields=("person",), condition=Q(read_at=None), name="alert_unread"),
            models.Index(fields=("person",), condition=Q(letter=None), name="alert_unsent"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.rule_id}"


class AlertMail(models.Model):
    """How often a person gets letters with alerts, and when the last was sent. Who has no row gets them daily.

    Locked while a letter is sent, so that nobody gets two. chosen_at: since when letters are wanted; alerts made before
    are sent no more. tries: how often in a row a letter was tried in vain; try_at: it is not tried again before.
    """

    class Frequency(models.TextChoices):
        DAILY = "daily", "At most once a day"
        WEEKLY = "weekly", "At most once a week"
        NEVER = "never", "Never"

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="alert_mail"
    )
    frequency = models.CharField(max_length=8, choices=Frequency.choices, default=Frequency.DAILY)
    chosen_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.person_id} {self.frequency}"


class AlertCursor(models.Model):
    """How far the looking for alerts has come in one kind of news: the last moment or number that was looked at."""

    class News(models.TextChoices):
        RELEASES = "releases", "Published releases"
        CHANGES = "changes", "Approved records"

    news = models.CharField(primary_key=True, max_length=16, choices=News.choices)
    at = models.DateTimeField(null=True, blank=True)
    number = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.news} {self.at or self.number}"
