"""Keys by which programs come in: made and revoked by people, and told from anything else that is sent."""

from __future__ import annotations

import datetime as dt
import hmac
import ipaddress
import re
import secrets
from collections.abc import Collection, Iterable
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.access import ALLOWED, Action, Actor, one, require
from companies.accounts.organisations import held
from companies.accounts.secrets import hash_of, new_secret
from companies.changes import changed
from companies.errors import FieldsRejected, InvalidField, TooMany
from companies.models import ApiKey
from companies.models.names import plain_name
from companies.queries.organisations import membership_in_force, own_keys_in_use

MOST_KEYS: Final = 20
MOST_NETWORKS: Final = 20
# What a role must allow before a key of its member can have the scope.
NEEDED: Final = {
    ApiKey.Scope.READ_MARKET: None,
    ApiKey.Scope.READ_RECORDS: Action.READ,
    ApiKey.Scope.WRITE_RECORDS: Action.WRITE,
    ApiKey.Scope.IMPORT: Action.IMPORT,
    ApiKey.Scope.READ_TARGETS: Action.READ_TARGETS,
    ApiKey.Scope.WRITE_TARGETS: Action.TRACK,
    ApiKey.Scope.REVIEW_RECORDS: Action.REVIEW,
    ApiKey.Scope.ADMIN: Action.MANAGE,
}
_TEXT: Final = re.compile(r"sgd_(?P<prefix>[0-9a-f]{10})\.(?P<secret>[A-Za-z0-9_-]{43})", re.ASCII)
_NO_HASH: Final = "0" * 64
_USE_NOTED_EVERY: Final = dt.timedelta(minutes=1)


def scopes_of_role(role: str) -> list[ApiKey.Scope]:
    """What a key of a member with this role can be made for."""
    return [scope for scope, needed in NEEDED.items() if needed is None or needed in ALLOWED[role]]


@transaction.atomic
def make_key(
    actor: Actor,
    name: str,
    scopes: Collection[str],
    expires_at: dt.datetime | None = None,
    networks: Iterable[str] = (),
) -> tuple[ApiKey, str]:
    """A key of the actor's own, and its text `sgd_<prefix>.<secret>`, which is never seen again.

    expires_at None: until it is revoked. networks: addresses or CIDR blocks it works from; none: from anywhere.
    Raises what `require` does (a key makes no keys: ScopeMissing); FieldsRejected; TooMany.
    """
    organisation = held(actor, require(actor, Action.OWN_KEYS), Action.OWN_KEYS)
    membership = membership_in_force(organisation.pk, actor.person.pk)
    assert membership is not None  # noqa: S101 `held` has just read it
    values = _checked(name, scopes, expires_at, networks, role=membership.role)
    if (count := own_keys_in_use(actor).count() + 1) > MOST_KEYS:
        raise TooMany(count=count, kind=_("keys"), most=MOST_KEYS)
    secret = new_secret()
    key = ApiKey.objects.create(
        organisation=organisation,
        membership=membership,
        prefix=secrets.token_hex(5),
        secret_hash=hash_of(secret),
        **values,
    )
    changed(actor, "made", key, after=values | {"prefix": key.prefix})
    return key, f"sgd_{key.prefix}.{secret}"


@transaction.atomic
def revoke_key(actor: Actor, key_id: object) -> ApiKey:
    """End a key: one's own, or as an admin anybody's of the organisation; ended before, it stays so.

    Raises what `one` does.
    """
    key = one(actor, ApiKey, key_id)
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=Now()):
        changed(actor, "revoked", key, before={"name": key.name, "scopes": key.scopes})
    key.refresh_from_db()
    return key


def key_of(text: str, address: str) -> ApiKey | None:
    """The key with this text, where it works now and from this address; None otherwise, for whatever reason.

    address: of the client, as the trusted proxies tell it. The moment of use is noted once a minute at most.
    """
    form = _TEXT.fullmatch(text)
    prefix, secret = form.group("prefix", "secret") if form else ("", "")
    key = ApiKey.objects.select_related("membership__user", "organisation").filter(prefix=prefix).first()
    # Compared also where there is no such key, so that the time tells nothing.
    is_right = hmac.compare_digest(key.secret_hash if key else _NO_HASH, hash_of(secret))
    if key is None or not is_right or not _works(key, address):
        return None
    used = Q(last_used_at=None) | Q(last_used_at__lt=timezone.now() - _USE_NOTED_EVERY)
    ApiKey.objects.filter(used, pk=key.pk).update(last_used_at=Now())
    return key


def _works(key: ApiKey, address: str) -> bool:
    membership = key.membership
    return (
        key.revoked_at is None
        and (key.expires_at is None or key.expires_at > timezone.now())
        and membership.ended_at is None
        and membership.organisation_id == key.organisation_id
        and membership.user.is_active
        and membership.user.deletion_wanted_at is None
        and _is_within(address, key.networks)
    )


def _is_within(address: str, networks: Collection[str]) -> bool:
    if not networks:
        return True
    try:
        place = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = place.ipv4_mapped if isinstance(place, ipaddress.IPv6Address) else None
    return any((mapped or place) in ipaddress.ip_network(network) for network in networks)


def _checked(
    name: str, scopes: Collection[str], expires_at: dt.datetime | None, networks: Iterable[str], *, role: str
) -> dict[str, object]:
    faults = []
    plain = plain_name(name)
    if not 1 <= len(plain) <= 100:
        faults.append(
            InvalidField(pointer="/name", field=_("Name"), expected=_("write a name of at most 100 characters"))
        )
    if not scopes or not set(scopes) <= set(scopes_of_role(role)):
        faults.append(InvalidField(pointer="/scopes", field=_("Scopes"), expected=_("choose what your role allows")))
    if expires_at is not None and expires_at <= timezone.now():
        faults.append(InvalidField(pointer="/expires_at", field=_("End"), expected=_("choose a moment to come")))
    blocks = _blocks(networks)
    if blocks is None:
        expected = _("write at most 20 addresses or CIDR blocks, such as 192.0.2.0/24")
        faults.append(InvalidField(pointer="/networks", field=_("Networks"), expected=expected))
    if faults:
        raise FieldsRejected(faults=faults, count=len(faults))
    return {"name": plain, "scopes": sorted(set(scopes)), "expires_at": expires_at, "networks": blocks}


def _blocks(networks: Iterable[str]) -> list[str] | None:
    """The blocks as they are written canonically; None where one is not a block, or there are too many."""
    try:
        blocks = sorted({str(ipaddress.ip_network(each.strip(), strict=False)) for each in networks if each.strip()})
    except ValueError:
        return None
    return blocks if len(blocks) <= MOST_NETWORKS else None
