"""The entities of HSDS 3.2: which fields each has, what a row must have, and how rows hang together.

Source: the schemas of the Human Services Data Specification 3.2 (docs.openreferral.org), names and types only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

VERSION = "3.2"


@dataclass(frozen=True, slots=True)
class Child:
    """A property that holds other rows. ``many``: they name their parent in ``key``; else the parent names the one.

    ``kind``, where it is not empty, is the field in which a child also says what entity its parent is.
    """

    name: str
    entity: str
    key: str
    many: bool = True
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of row. ``table`` is the name of its file in a tabular package, ``plural`` of its pages in an API."""

    name: str
    table: str
    fields: tuple[str, ...]
    required: frozenset[str]
    children: tuple[Child, ...] = ()
    numbers: frozenset[str] = frozenset()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def parents(self) -> frozenset[str]:
        """The fields that name another row."""
        return frozenset(name for name in self.fields if name.endswith("_id") and name not in _NOT_ROWS)


# These end as keys do, and are none.
_NOT_ROWS = frozenset(("tax_id",))
_ATTRIBUTES = Child("attributes", "attribute", "link_id", kind="link_entity")
_METADATA = Child("metadata", "metadata", "resource_id", kind="resource_type")
_PLACES = ("physical", "postal", "virtual")


def _entity(
    name: str, table: str, fields: str, required: str = "", children: str = "", one: str = "", numbers: str = "",
    choices: Mapping[str, tuple[str, ...]] | None = None, *, plain: bool = False,
) -> Entity:  # fmt: skip
    """``children`` are ``property:entity``, many of them; ``one`` are ``property:entity:field that names it``.

    ``plain`` entities have no attributes.
    """
    made = [
        Child(prop, entity, f"{name}_id") for prop, entity in (told.split(":") for told in children.split())
    ]  # fmt: skip
    made += [Child(prop, entity, key, many=False) for prop, entity, key in (told.split(":") for told in one.split())]
    made += [] if plain else [_ATTRIBUTES]
    made += [_METADATA] if name != "metadata" else []
    return Entity(
        name, table, tuple(f"id {fields}".split()), frozenset(f"id {required}".split()), tuple(made),
        frozenset(numbers.split()), choices or {},
    )  # fmt: skip


ENTITIES: Mapping[str, Entity] = {
    entity.name: entity
    for entity in (
        _entity(
            "organization", "organizations",
            "name alternate_name description email website tax_status tax_id year_incorporated legal_status logo uri"
            " parent_organization_id",
            "name description",
            "additional_websites:url funding:funding contacts:contact phones:phone locations:location programs:program"
            " organization_identifiers:organization_identifier services:service",
            numbers="year_incorporated",
        ),
        _entity("program", "programs", "organization_id name alternate_name description", "name description"),
        _entity(
            "service", "services",
            "organization_id program_id name alternate_name description url email status interpretation_services"
            " application_process fees_description wait_time fees accreditations eligibility_description minimum_age"
            " maximum_age assured_date assurer_email licenses alert last_modified",
            "name status",
            "additional_urls:url phones:phone schedules:schedule service_areas:service_area"
            " service_at_locations:service_at_location languages:language funding:funding cost_options:cost_option"
            " required_documents:required_document contacts:contact capacities:service_capacity",
            "organization:organization:organization_id program:program:program_id",
            "minimum_age maximum_age",
            {"status": ("active", "inactive", "defunct", "temporarily closed")},
        ),
        _entity(
            "service_at_location", "service_at_location", "service_id location_id description", "",
            "service_areas:service_area contacts:contact phones:phone schedules:schedule",
            "location:location:location_id service:service:service_id",
        ),
        _entity(
            "location", "locations",
            "location_type url organization_id name alternate_name description transportation latitude longitude"
            " external_identifier external_identifier_type",
            "location_type",
            "languages:language addresses:address contacts:contact accessibility:accessibility phones:phone"
            " schedules:schedule",
            "", "latitude longitude", {"location_type": _PLACES},
        ),
        _entity(
            "phone", "phones",
            "location_id service_id organization_id contact_id service_at_location_id number extension type"
            " description",
            "number", "languages:language", "", "extension",
        ),
        _entity(
            "contact", "contacts",
            "organization_id service_id service_at_location_id location_id name title department email", "",
            "phones:phone",
        ),
        _entity(
            "address", "addresses",
            "location_id attention address_1 address_2 city region state_province postal_code country address_type",
            "address_1 city state_province postal_code country address_type", choices={"address_type": _PLACES},
        ),
        _entity(
            "schedule", "schedules",
            "service_id location_id service_at_location_id valid_from valid_to dtstart timezone until count wkst freq"
            " interval byday byweekno bymonthday byyearday description opens_at closes_at schedule_link attending_type"
            " notes",
            numbers="timezone count interval",
            choices={"wkst": ("MO", "TU", "WE", "TH", "FR", "SA", "SU"), "freq": ("WEEKLY", "MONTHLY")},
        ),
        _entity("funding", "funding", "organization_id service_id source"),
        _entity(
            "service_area", "service_areas",
            "service_id service_at_location_id name description extent extent_type uri",
        ),
        _entity("required_document", "required_documents", "service_id document uri"),
        _entity("language", "languages", "service_id location_id phone_id name code note"),
        _entity("accessibility", "accessibility", "location_id description details url"),
        _entity(
            "cost_option", "cost_options",
            "service_id valid_from valid_to option currency amount amount_description", numbers="amount",
        ),
        _entity(
            "organization_identifier", "organization_identifiers",
            "organization_id identifier_scheme identifier_type identifier", "identifier_type identifier",
        ),
        _entity("url", "urls", "label url organization_id service_id", "url"),
        _entity("unit", "units", "name scheme identifier uri", "name"),
        _entity(
            "service_capacity", "service_capacities", "service_id unit_id available maximum description updated",
            "available updated", "", "unit:unit:unit_id", "available maximum",
        ),
        _entity("taxonomy", "taxonomies", "name description uri version", "name description", plain=True),
        _entity(
            "taxonomy_term", "taxonomy_terms",
            "code name description parent_id taxonomy language taxonomy_id term_uri", "name description", "",
            "taxonomy_detail:taxonomy:taxonomy_id", plain=True,
        ),
        _entity(
            "attribute", "attributes", "link_id taxonomy_term_id link_type link_entity value label", "", "",
            "taxonomy_term:taxonomy_term:taxonomy_term_id", plain=True,
        ),
        _entity(
            "metadata", "metadata",
            "resource_id resource_type last_action_date last_action_type field_name previous_value replacement_value"
            " updated_by",
            "last_action_date last_action_type field_name previous_value replacement_value updated_by", plain=True,
        ),
        _entity("meta_table_description", "meta_table_descriptions", "name language character_set"),
    )
}  # fmt: skip
"""All entities by name, in the order in which a tabular package lists them."""

TABLES: Mapping[str, Entity] = {entity.table: entity for entity in ENTITIES.values()}
"""The same by the name of their table."""
