"""The API's description, for programs: OpenAPI 3.1, with the schemas that the entities' table tells."""

from __future__ import annotations

from typing import Any

from directory.hsds.entities import ENTITIES, VERSION, Entity
from directory.hsds.published import COLLECTIONS
from directory.hsds.query import MOST_PER_PAGE, PER_PAGE
from directory.hsds.station import PROFILE

_TEXT = {"type": "string"}
_FLAG = {"type": "boolean", "default": False}
PARAMETERS: dict[str, tuple[dict[str, Any], str]] = {
    "search": (_TEXT, "Words, in Chinese or English, that the records are about"),
    "taxonomy_term_id": (_TEXT, "Only what is of this term, or of one below it"),
    "taxonomy_id": (_TEXT, "Only what is of a term of this taxonomy"),
    "organization_id": (_TEXT, "Only services of this organization"),
    "modified_after": (
        {"type": "string", "format": "date-time"},
        "Only what changed at this moment or later, or of which that is not known",
    ),
    "postcode": (_TEXT, "Only places with this postcode"),
    "proximity": ({"type": "number", "minimum": 0}, "Instead, places within so many metres of the postcode's middle"),
    "parent_id": (_TEXT, "Only terms directly below this one"),
    "top_only": (_FLAG, "Only terms without one above them"),
    "minimal": (_FLAG, "Only id and last_modified, all on one page unless per_page is given"),
    "full": (_FLAG, "Each record with everything that hangs on it"),
    "full_service": (_FLAG, "Each organization with its services in full"),
    "page": ({"type": "integer", "minimum": 1, "default": 1}, "Which page"),
    "per_page": (
        {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": PER_PAGE},
        "How many records a page has",
    ),
    "format": ({"type": "string", "enum": ["json", "ndjson"], "default": "json"}, "ndjson streams all records"),
}
"""By name, the schema of a parameter and what it is for."""
_ALWAYS = ("search", "page", "per_page", "format")
TAKES: dict[str, tuple[str, ...]] = {
    "services": (
        "taxonomy_term_id", "taxonomy_id", "organization_id", "modified_after", "minimal", "full", *_ALWAYS
    ),
    "organizations": ("taxonomy_term_id", "taxonomy_id", "full", "full_service", *_ALWAYS),
    "service_at_locations": (
        "taxonomy_term_id", "taxonomy_id", "organization_id", "modified_after", "postcode", "proximity", "full",
        *_ALWAYS,
    ),
    "taxonomies": _ALWAYS,
    "taxonomy_terms": ("taxonomy_id", "parent_id", "top_only", *_ALWAYS),
}  # fmt: skip
"""By list, the parameters that it takes."""


def described(address: str) -> dict[str, Any]:
    """The OpenAPI document of an API at this address."""
    paths: dict[str, Any] = {"/": {"get": _operation("describe", "What this API is", [], {"type": "object"})}}
    for collection, entity in COLLECTIONS.items():
        named = [{"$ref": f"#/components/parameters/{name}"} for name in TAKES[collection]]
        page = _page(entity)
        paths[f"/{collection}"] = {
            "get": _operation(f"list_{collection}", f"A page of {collection}", named, page),
            "post": _operation(f"query_{collection}", "The same, with parameters in the body too", named, page),
        }
        own: list[dict[str, Any]] = [{"name": "id", "in": "path", "required": True, "schema": _TEXT}]
        if collection == "organizations":
            own.append({"$ref": "#/components/parameters/full_service"})
        schema = {"$ref": f"#/components/schemas/{entity}"}
        told = _operation(f"get_{entity}", f"One {entity} with everything that hangs on it", own, schema)
        told["responses"]["404"] = {"description": "There is no record of this id"}
        paths[f"/{collection}/{{id}}"] = {"get": told}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Service directory, Open Referral HSDS", "version": VERSION},
        "servers": [{"url": address}],
        "paths": paths,
        "components": {
            "parameters": {
                name: {"name": name, "in": "query", "description": told, "schema": schema}
                for name, (schema, told) in PARAMETERS.items()
            },
            "schemas": {name: _schema(entity) for name, entity in ENTITIES.items()},
        },
    }


def _operation(name: str, summary: str, parameters: list[dict[str, Any]], schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": {"description": summary, "content": {"application/json": {"schema": schema}}},
            "304": {"description": "The data are still those of the ETag that was sent as If-None-Match"},
            "400": {"description": "A parameter can't be read; the answer names it, and how to write it"},
        },
    }


def _page(entity: str) -> dict[str, Any]:
    numbers = ("total_items", "total_pages", "page_number", "size")
    return {
        "type": "object",
        "required": ["empty", "contents"],
        "properties": {
            **{name: {"type": "integer"} for name in numbers},
            **{name: {"type": "boolean"} for name in ("first_page", "last_page", "empty")},
            "contents": {"type": "array", "items": {"$ref": f"#/components/schemas/{entity}"}},
        },
    }


def _schema(entity: Entity) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name in entity.fields:
        fields[name] = {"type": "number"} if name in entity.numbers else dict(_TEXT)
        if name in entity.choices:
            fields[name]["enum"] = list(entity.choices[name])
    for child in entity.children:
        inner = {"$ref": f"#/components/schemas/{child.entity}"}
        fields[child.name] = {"type": "array", "items": inner} if child.many else inner
    for name, told in PROFILE.get(entity.name, {}).items():
        fields[name] = {"description": told}
    return {"type": "object", "required": sorted(entity.required), "properties": fields}
