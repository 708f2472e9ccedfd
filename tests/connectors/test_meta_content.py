import pytest

from truelift.connectors.meta_content import FORMAT, HEADERS, translate
from truelift.connectors.table import normalised

HEADER = (
    "Post ID,Account ID,Account username,Account name,Description,Duration (sec),Publish time,"
    "Permalink,Post type,Data comment,Date,Views,Reach,Likes,Shares,Follows,Comments,Saves\n"
)
ROW = (
    '179,17,ana,Ana,"two\nlines 🎉",0,05/03/2026 18:05,https://instagram.example/p/x,IG reel,,'
    'Lifetime,"12,400","9,100",800,12,3,44,\n'
)
SPANISH = (
    "Identificador de la publicación,Nombre de usuario de la cuenta,Hora de publicación,"
    "Tipo de publicación,Fecha,Alcance,Veces que se ha guardado"
)
FRENCH = (
    "Identifiant de publication,Nom d\u2019utilisateur du compte,Heure de publication,"
    "Type de publication,Date,Couverture,Enregistrements"
)
SAID = {"set": {"observed_at": "2026-06-01T10:00"}}


def test_a_row_is_a_post_and_a_reading(reading):
    found = reading("may.csv", "\ufeff" + HEADER + ROW, **SAID)
    assert found.rows("posts") == [
        {
            "platform": "instagram",
            "post_id": "179",
            "handle": "ana",
            "published_at": "2026-05-03T18:05:00",
            "format": "reel",
            "url": "https://instagram.example/p/x",
            "caption": "two\nlines 🎉",
        }
    ]
    (row,) = found.rows("observations")
    assert (row["views"], row["reach"], row["likes"]) == ("12400", "9100", "800")
    assert "saves" not in row, "missing is missing, never 0"
    assert row["observed_at"] == "2026-06-01T10:00"


def test_readings_wait_for_their_moment_while_posts_are_taken(reading):
    found = reading("may.csv", HEADER + ROW)
    assert found.kinds == ["posts"]
    assert "--set observed_at=" in found.messages[0]


def test_figures_of_one_day_are_no_reading(reading):
    found = reading("may.csv", HEADER + ROW.replace("Lifetime", "05/04/2026"), **SAID)
    assert found.kinds == ["posts"]
    assert "Date = Lifetime" in found.messages[0]


def test_the_order_of_columns_does_not_matter_and_old_exports_lack_views(reading):
    text = "Saves,Reach,Post ID,Publish time,Account username\n5,6,179,05/03/2026 18:05,ana\n"
    (row,) = reading("x.csv", text, **SAID).rows("observations")
    assert (row["saves"], row["reach"], row.get("views")) == ("5", "6", None)


@pytest.mark.parametrize(
    "header",
    [
        "Inläggs-ID,Kontots användarnamn,Publiceringstid,Inläggstyp,Datum,Räckvidd,Sparade objekt",
        "Beitrags-ID,Konto-Benutzername,Veröffentlichungszeit,Beitragstyp,Datum,Reichweite,Gespeichert",
        SPANISH,
        FRENCH,
    ],
)
def test_translated_headers_are_the_same_export(reading, header):
    text = f'{header}\n179,ana,05/03/2026 18:05,IG-reel,Livstid,"9,100",7\n'
    found = reading("x.csv", text, **SAID)
    (row,) = found.rows("observations")
    assert (row["reach"], row["saves"]) == ("9100", "7")
    assert found.rows("posts")[0]["handle"] == "ana"
    assert found.faults == []


def test_facebook_videos_count_their_plays_and_need_a_handle(reading):
    text = (
        "Video asset ID,Page ID,Page name,Title,Duration (sec),Publish time,Reach,"
        "3-second video views,1-minute video views,Reactions,Comments,Shares\n"
        '77,5,Ana Cooks,Soup,60,05/03/2026 18:05,"1,000",500,100,40,4,2\n'
    )
    found = reading("x.csv", text, **SAID)
    assert "--set handle=NAME" in found.messages[0]
    said = {"observed_at": "2026-06-01", "handle": "anacooks"}
    found = reading("x.csv", text, set=said)
    assert found.rows("posts")[0]["platform"] == "facebook"
    (row,) = found.rows("observations")
    assert (row["views"], row["likes"], row["shares"]) == ("500", "40", "2")
    assert row["notes"].startswith('{"Page ID": "5"')


def test_no_translation_means_two_things():
    seen = {}
    for english, others in HEADERS.items():
        for other in others:
            assert seen.setdefault(normalised(other), english) == english
            assert translate(normalised(other)) == english
    assert FORMAT.fingerprints
