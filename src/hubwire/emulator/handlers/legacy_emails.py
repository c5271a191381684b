"""A contact's addresses besides its `email`, which only v1 writes.

https://legacydocs.hubspot.com/docs/methods/contacts/add-a-secondary-email-address. The answer's form is what
its callers read: `vid` and `secondaryEmails`. That an address which is taken is refused like that of a new
contact is assumed.
"""

from __future__ import annotations

from hubwire.emulator import legacy, refusals, render
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.intake import write
from hubwire.emulator.merging import CONTACT, SECOND, second_emails
from hubwire.emulator.portal import Portal, Update
from hubwire.emulator.records import Record
from hubwire.emulator.validate import EMAIL


def read(portal: Portal, asked: Asked) -> Answer:
    """GET …/secondary-email/{id}."""
    return _told(_contact(portal, asked))


def add(portal: Portal, asked: Asked) -> Answer:
    """PUT …/secondary-email/{id}/email/{email}: no body. Once more changes nothing."""
    contact, email = _contact(portal, asked), asked.places["email"].lower()
    if not EMAIL.fullmatch(email):
        raise refusals.property_values([("email", "INVALID_EMAIL", f"Email address {email} is invalid")])
    kind = portal.kind(CONTACT)
    holder = portal.find(kind, "email", [email]).get(email)
    if holder is not None and holder != contact.id:
        raise refusals.conflict(str(holder))
    emails = second_emails(contact)
    if email in emails or email == contact.props.get("email"):
        return _told(contact)
    return _changed(portal, asked, contact, [*emails, email])


def remove(portal: Portal, asked: Asked) -> Answer:
    """DELETE …/secondary-email/{id}/email/{email}; 404 for one that the contact does not have besides."""
    contact, email = _contact(portal, asked), asked.places["email"].lower()
    emails = second_emails(contact)
    if email not in emails:
        raise refusals.nothing_there("resource not found", context={"email": [email]})
    return _changed(portal, asked, contact, [one for one in emails if one != email])


def _contact(portal: Portal, asked: Asked) -> Record:
    return legacy.there(portal, portal.kind(CONTACT), asked.places["id"])


def _changed(portal: Portal, asked: Asked, contact: Record, emails: list[str]) -> Answer:
    with portal.store.transaction():
        change = Update(portal.kind(CONTACT), contact, {SECOND: ";".join(emails) or None})
        after = write(portal, asked, [change]).updated[0]
        portal.aliases.drop_emails(contact)
        portal.aliases.add_emails(after)
    return _told(after)


def _told(contact: Record) -> Answer:
    return render.answer({"vid": contact.id, "secondaryEmails": second_emails(contact)})


HANDLERS = {
    "legacy.contacts.emails_read": read,
    "legacy.contacts.email_add": add,
    "legacy.contacts.email_remove": remove,
}
