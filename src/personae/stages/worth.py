"""Worth: how much of each outcome persona and demographics foretell on users held out, either of which may win (R130, R131)."""

from __future__ import annotations

import numpy as np

from personae.model.belief import Foretold
from personae.model.dossier import Known
from personae.stages.foretold import foretold


def worth(known: Known) -> tuple[Foretold, ...]:
    """Each outcome foretold by persona, by demographics, and by both; none without personas or outcomes."""
    if not known.shown:
        return ()
    return foretold(known.features, {"persona": known.placement.persona.astype(np.int64)}, ())
