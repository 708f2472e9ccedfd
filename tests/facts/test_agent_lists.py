"""Agent lists: robots that name themselves are found, people are not taken for them.

The last test prints the confusion matrix of the whole corpus (`pytest -s`).
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from truelift.facts import agent_lists
from truelift.facts.agent_lists import BOT, HUMAN, PREFETCH, PREVIEW, agent_of, list_version

PEOPLE = (Path(__file__).parent / "human_agents.txt").read_text(encoding="utf-8").splitlines()
CRAWLERS = sorted({each for item in CRAWLER_USER_AGENTS_DATA for each in item["instances"]})
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"

SOCIAL = """
facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)
facebookcatalog/1.0
meta-externalfetcher/1.1
Twitterbot/1.0
Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) \
Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0
Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)
Slack-ImgProxy (+https://api.slack.com/robots)
WhatsApp/2.23.20.0 A
TelegramBot (like TwitterBot)
Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)
LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)
Pinterest/0.2 (+https://www.pinterest.com/bot.html)
Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5
Mozilla/5.0 (compatible; redditbot/1.0; +http://www.reddit.com/feedback)
http.rb/5.1.1 (Mastodon/4.2.1; +https://mastodon.social/)
Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)
Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)
Mozilla/5.0 (compatible; Embedly/0.2; +http://support.embed.ly/)
Iframely/1.3.1 (+https://iframely.com/docs/about)
Mozilla/5.0 (compatible; TikTokSpider; ttspider-feedback@tiktok.com)
""".replace("\\\n", "").strip().splitlines()  # fmt: skip

PROGRAMS = """
curl/8.4.0
Wget/1.21
python-requests/2.31
Python/3.11 aiohttp/3.9
Go-http-client/2.0
okhttp/4.12.0
axios/1.6.8
node-fetch/1.0
Java/17.0.1
Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0.0.0 Safari/537.36
Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)
Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)
Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)
Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)
""".strip().splitlines()  # fmt: skip

AHEAD = [f"{IPHONE} Mobile/15E148 musical_ly_35.4.0 thirdLandingPageFeInfra"]


@pytest.mark.parametrize(
    ("app", "agent"),
    [
        ("instagram", f"{IPHONE} Mobile/15E148 Instagram 330.0.0.35.98 (iPhone15,2)"),
        ("facebook", f"{IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/471.1.0.35.108]"),
        ("facebook", "Mozilla/5.0 (Linux; Android 14; wv) Chrome/120 [FB_IAB/FB4A;FBAV/473.0;]"),
        ("tiktok", f"{IPHONE} Mobile/15E148 musical_ly_34.1.0 BytedanceWebview/d8a21c6"),
        ("snapchat", f"{IPHONE} Mobile/15E148 Snapchat/12.94.0.40"),
        ("pinterest", f"{IPHONE} Mobile/15E148 [Pinterest/iOS]"),
        ("linkedin", f"{IPHONE} Mobile/15E148 [LinkedInApp]/9.29"),
        ("x", f"{IPHONE} Mobile/15E148 Twitter for iPhone/10.48"),
        (None, f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1"),
    ],
)
def test_a_browser_inside_an_app_is_a_person_and_evidence_of_the_platform(app, agent):
    assert agent_of(agent) == (HUMAN, f"{list_version()}: none", app)


def test_phones_whose_names_read_as_robots_are_people():
    named = [each for each in PEOPLE if "CUBOT" in each or "bot" in each or "Google/google" in each]
    assert len(named) > 10
    assert {agent_of(each).label for each in named} == {HUMAN}
    assert agent_of("CUBOT Mozilla/5.0 (compatible; AhrefsBot/7.0)").label == BOT


def test_a_rule_names_the_lists_and_the_pattern():
    assert agent_of("curl/8").rule == f"{list_version()}: program, not a browser"
    assert "+cua-" in list_version()
    assert "+cd-" in list_version()


def test_a_pattern_that_re2_cannot_read_is_left_out():
    named = []
    agent_lists._add(agent_lists.re2.Set.SearchSet(agent_lists._quiet()), named, "a(?!b)", BOT, "x")
    assert named == []


def test_nearly_every_robot_is_found_and_nearly_nobody_is_taken_for_one():
    corpus = {
        "crawlers": (CRAWLERS, {BOT, PREVIEW, PREFETCH}),
        "social previews": (SOCIAL, {PREVIEW}),
        "programs": (PROGRAMS, {BOT}),
        "loading ahead": (AHEAD, {PREFETCH}),
        "people": (PEOPLE, {HUMAN}),
    }
    right = {}
    lines = [f"{'':16} {'of':>5} | {HUMAN:>8} {BOT:>8} {PREVIEW:>8} {PREFETCH:>8} | right"]
    for name, (agents, expected) in corpus.items():
        found = Counter(agent_of(each).label for each in agents)
        right[name] = sum(found[label] for label in expected) / len(agents)
        cells = " ".join(f"{found[label]:8}" for label in (HUMAN, BOT, PREVIEW, PREFETCH))
        lines.append(f"{name:16} {len(agents):5} | {cells} | {right[name]:.4f}")
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
    assert len(CRAWLERS) > 2_000
    assert len(PEOPLE) > 300
    assert right["crawlers"] >= 0.98
    assert right["people"] >= 0.995
    assert right["social previews"] == right["programs"] == right["loading ahead"] == 1
