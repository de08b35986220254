"""The OpenAPI document: parameters from what each address declares, answers from the dataclasses themselves."""

from config.api.schema.operations import ApiSchema

__all__ = ["ApiSchema"]
