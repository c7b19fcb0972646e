"""The directory's own settings."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from botkit.language.match import OFFER, PRECISION


class DirectorySettings(BaseModel):
    """The table ``[directory]`` of a station's settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: str = Field("directory", description="the folder of the entries, in the folder of the settings")
    others: str = Field(
        "etiquette/questions.toml", description="the list of questions only a human answers, beside the settings"
    )
    precision: float = Field(PRECISION, ge=0.5, le=1, description="this share of the answers is to be right")
    offer_chance: float = Field(
        OFFER, ge=0, le=1, description="offer choices while the right one is among them with this chance"
    )
    learn: bool = Field(True, description="fit a model to the entries in the background; otherwise only compare")
    second_person: bool = Field(False, description="a change is published by somebody else than who made it")
    log_questions: bool = Field(True, description="keep what was asked, without digits and sender, for maintainers")
