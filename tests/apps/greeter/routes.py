"""Routes that the greeter brings along."""

from typing import Annotated

from fastapi import APIRouter, Depends, UploadFile

from everloom.api import get_settings, get_temporal_service, provided
from everloom.core import Unavailable
from everloom.settings import Settings
from everloom.temporal import TemporalService

from .workflows import DoorClosed, Phrasebook

router = APIRouter(prefix="/greeter", tags=["greeter"])


@router.get("/word")
async def word(
    phrases: Annotated[Phrasebook, Depends(provided(Phrasebook))],
    settings: Annotated[Settings, Depends(get_settings)],
    temporal: Annotated[TemporalService, Depends(get_temporal_service)],
) -> dict[str, str]:
    """The word a greeting begins with."""
    return {
        "word": phrases.word,
        "queue": settings.queues.default,
        "temporal": (await temporal.health()).status,
    }


@router.post("/upload")
async def upload(file: UploadFile) -> dict[str, int]:
    """How large a file is."""
    return {"size": len(await file.read())}


@router.get("/closed")
async def closed() -> None:
    """Fail as an application fails."""
    raise DoorClosed("Nobody is at home.", hint="Come back later.")


@router.get("/away")
async def away() -> None:
    """Fail because something is away."""
    raise Unavailable("The street is closed.")


@router.get("/crash")
async def crash() -> None:
    """Fail as nobody foresaw."""
    raise ZeroDivisionError("secret detail")
