"""The directory's own settings."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from directory.index import MARGIN, THRESHOLD


class DirectorySettings(BaseModel):
    """The table ``[directory]`` of a station's settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: str = Field("directory", description="the folder of the entries, in the folder of the settings")
    threshold: float = Field(THRESHOLD, ge=0, le=1, description="answer from this score on; below, a human does")
    margin: float = Field(MARGIN, ge=0, le=1, description="and when the next topic is this much further off")
    log_questions: bool = Field(True, description="keep what was asked, without digits and sender, for maintainers")
