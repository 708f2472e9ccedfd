"""Meta Business Suite's content export, Instagram and Facebook, in several languages.

The columns come in any order and in the language of the person who exported; times are MM/DD/YYYY
HH:MM in every language. Date is "Lifetime" where the counters are totals; a day there means figures
of that day, which are no cumulative reading. The export does not say when it was made.
"""

from __future__ import annotations

from collections.abc import Iterator

from truelift.connectors.calendar_text import moment
from truelift.connectors.numerals import plain
from truelift.connectors.table import normalised
from truelift.connectors.vendor import Context, Converted, Format, Made, Need, Refused, Row
from truelift.facts.event import DropReason

_TIMES = ("%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y")

HEADERS: dict[str, tuple[str, ...]] = {
    # English name: as written in Swedish, German, Spanish and French exports.
    "post id": (
        "Inläggs-ID", "Beitrags-ID", "Identificador de la publicación", "Id. de la publicación",
        "Identifiant de publication", "ID de publication",
    ),
    "account id": (
        "Konto-ID", "Account-ID", "Identificador de la cuenta", "Identifiant de compte",
    ),
    "account username": (
        "Kontots användarnamn", "Kontoanvändarnamn", "Konto-Benutzername", "Account-Benutzername",
        "Benutzername des Kontos", "Nutzername des Kontos", "Nombre de usuario de la cuenta",
        "Nom d'utilisateur du compte", "Nom de profil du compte",
    ),
    "account name": (
        "Kontonamn", "Kontots namn", "Kontoname", "Account-Name", "Name des Kontos",
        "Nombre de la cuenta", "Nom du compte",
    ),
    "page id": (
        "Sid-ID", "Seiten-ID", "Identificador de la página", "Identifiant de Page", "ID de Page",
    ),
    "page name": ("Sidnamn", "Sidans namn", "Seitenname", "Name der Seite", "Nombre de la página",
                  "Nom de la Page"),
    "video asset id": (
        "Videotillgångs-ID", "Video-Asset-ID", "Identificador del activo de video",
        "Identifiant de l'élément vidéo",
    ),
    "title": ("Rubrik", "Titel", "Título", "Titre"),
    "description": ("Beskrivning", "Beschreibung", "Descripción"),
    "duration (sec)": (
        "Längd (sek)", "Varaktighet (sek)", "Varaktighet (sek.)", "Dauer (Sek.)",
        "Dauer (in Sekunden)", "Duración (segundos)", "Duración (s)", "Durée (s)", "Durée (sec)",
    ),
    "publish time": (
        "Publiceringstid", "Tidpunkt för publicering", "Veröffentlichungszeitpunkt",
        "Veröffentlichungszeit", "Zeitpunkt der Veröffentlichung", "Hora de publicación",
        "Heure de publication",
    ),
    "permalink": ("Permalänk", "Enlace permanente", "Permalien", "Lien permanent"),
    "post type": (
        "Inläggstyp", "Typ av inlägg", "Beitragstyp", "Beitragsart", "Art des Beitrags",
        "Tipo de publicación", "Type de publication",
    ),
    "data comment": (
        "Datakommentar", "Kommentar zu den Daten", "Datenkommentar", "Comentario sobre los datos",
        "Comentario de datos", "Commentaire sur les données",
    ),
    "date": ("Datum", "Fecha"),
    "views": ("Visningar", "Aufrufe", "Visualizaciones", "Vues"),
    "reach": ("Räckvidd", "Reichweite", "Alcance", "Couverture", "Portée"),
    "likes": (
        "Gilla-markeringar", "Gillamarkeringar", "Gefällt mir-Angaben", "„Gefällt mir“-Angaben",
        "Gefällt mir", "Me gusta", "J'aime", "Mentions J'aime", "Mentions « J'aime »",
    ),
    "reactions": ("Reaktioner", "Reaktionen", "Reacciones", "Réactions"),
    "shares": (
        "Delningar", "Geteilte Inhalte", "Geteilt", "Veces que se ha compartido",
        "Veces que se compartió", "Contenido compartido", "Partages",
    ),
    "follows": (
        "Följer", "Följningar", "Gefolgt", "Seguimientos", "Seguidores", "Abonnements", "Suivis",
    ),
    "comments": ("Kommentarer", "Kommentare", "Comentarios", "Commentaires"),
    "saves": (
        "Sparade", "Sparade objekt", "Sparanden", "Gespeicherte Inhalte", "Gespeichert",
        "Elementos guardados", "Veces que se ha guardado", "Veces que se guardó", "Guardados",
        "Enregistrements",
    ),
    "replies": ("Svar", "Antworten", "Respuestas", "Réponses"),
    "link clicks": ("Länkklick", "Link-Klicks", "Clics en el enlace", "Clics sur un lien"),
    "impressions": ("Exponeringar", "Impressionen", "Impresiones"),
    "3-second video views": (
        "3-sekunders videovisningar", "3-sekündige Videoaufrufe",
        "Reproducciones de video de 3 segundos", "Vues de vidéo de 3 secondes",
    ),
    "1-minute video views": (
        "1-minuts videovisningar", "1-minütige Videoaufrufe",
        "Reproducciones de video de 1 minuto", "Vues de vidéo d'une minute",
    ),
}  # fmt: skip
"""English header -> the same header in other languages, as far as it is known."""


def _folded(header: str) -> str:
    return normalised(header).replace("\u2019", "'")


_ENGLISH = {_folded(other): name for name, others in HEADERS.items() for other in others}
_COUNTERS = {
    "views": ("views", "plays", "3-second video views"),
    "reach": ("reach",),
    "impressions": ("impressions",),
    "likes": ("likes", "reactions"),
    "comments": ("comments",),
    "shares": ("shares",),
    "saves": ("saves",),
    "replies": ("replies",),
    "follows": ("follows",),
    "link_clicks": ("link clicks",),
}
_USED = tuple(name for names in _COUNTERS.values() for name in names)
_OWN = (
    "post id",
    "video asset id",
    "account username",
    "publish time",
    "permalink",
    "post type",
    "description",
    "title",
    "date",
)
_NO_READING_TIME = (
    "Meta's export does not say when its counters were read; give it with --set "
    "observed_at=YYYY-MM-DDTHH:MM"
)
_NO_HANDLE = "Meta's Facebook export holds no user name; give it with --set handle=NAME"


def translate(header: str) -> str:
    """Call a folded header by its English name; one that is not known stays as it is."""
    return _ENGLISH.get(header.replace("\u2019", "'"), header)


def convert(rows: Iterator[Row], context: Context) -> Iterator[Converted]:
    """Convert the export: each row is a post and, where its counters are totals, a reading."""
    facebook = "account username" not in context.titles
    platform = "facebook" if facebook else "instagram"
    for row in rows:
        post_id = row.get("post id") or row.get("video asset id")
        raw = "; ".join(row.cells.values())
        if post_id is None:
            message = "the row has no Post ID"
            yield Refused(row.line, "Post ID", DropReason.MISSING, message, raw)
            continue
        post = {"platform": platform, "post_id": post_id}
        about = {
            "handle": row.get("account username"),
            "published_at": moment(row.get("publish time"), _TIMES),
            "format": _format(row.get("post type")),
            "url": row.get("permalink"),
            "caption": row.get("description") or row.get("title"),
        }
        yield Made("posts", row.line, {**post, **about})
        if any(mark.isdigit() for mark in row.get("date") or ""):
            message = "the figures are those of one day; export the content with Date = Lifetime"
            yield Refused(row.line, "Date", DropReason.NOT_ADVANCING, message, raw)
            continue
        counters = {
            name: next((plain(cell) for header in headers if (cell := row.get(header))), None)
            for name, headers in _COUNTERS.items()
        }
        notes = row.rest(*_OWN, *_USED)
        yield Made("observations", row.line, {**post, **counters, "source": "meta_content"}, notes)


def _format(post_type: str | None) -> str | None:
    """Name the format without its network: IG reel -> reel."""
    return post_type.lower().removeprefix("ig ").strip() if post_type else None


FORMAT = Format(
    name="meta_content",
    title="Meta Business Suite content",
    fingerprints=(
        frozenset({"post id", "account username", "publish time"}),
        frozenset({"post id", "page name", "publish time"}),
        frozenset({"video asset id", "page name", "publish time"}),
    ),
    columns=frozenset({*_OWN, *_USED, *HEADERS}),
    kinds=("posts", "observations"),
    convert=convert,
    needs=(
        Need("posts", ("handle", "creator"), _NO_HANDLE),
        Need("observations", ("observed_at",), _NO_READING_TIME),
    ),
    private=frozenset({"account name"}),
    translate=translate,
)
