"""Articles come in by the address of a page or feed, and a server follows what it is told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from rag.cli import main
from rag.settings import Settings
from rag.web.incoming import ingest_sent
from rag.web.opening import open_desk
from tests.articles.news_server import NewsSite, Reply, html, news_site, reply
from tests.articles.news_server import page as report
from tests.fake_endpoint import FakeEndpoint
from tests.web.conftest import Served, serving, wait_until

pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")


@pytest.fixture
def paper() -> Iterator[NewsSite]:
    with news_site() as site:
        site.replies["/ferry"] = html(report("Lowick"))
        yield site


@pytest.fixture
def served_with(endpoint: FakeEndpoint, tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """`served_with(follow, **settings)`: a server on the shipped articles."""
    given = {"openai_base_url": endpoint.base_url, "openai_api_key": "none"}
    home = tmp_path / "served"
    running = []

    def begin(follow: tuple[str, ...] = (), **more: object) -> Served:
        desk = open_desk(Settings.load(home=home, **given, **more), samples=True)
        running.append(serving(desk, home, follow=follow, **given, **more))
        site = running[-1].__enter__()
        wait_until(lambda: desk.ready or desk.error)
        assert desk.error is None
        return site

    yield begin
    for one in running:
        one.__exit__(None, None, None)


@pytest.mark.browser
def test_an_article_is_added_in_the_page_by_its_address(
    page: Page, paper: NewsSite, served_with: Callable[..., Served]
) -> None:
    site = served_with(fetch_private=True)
    page.goto(site.url)
    page.get_by_role("button", name="Articles", exact=True).click()
    page.get_by_text("2 articles, newest first").wait_for()
    page.get_by_label("Address of an article or a feed").fill(paper.url("/ferry"))
    page.keyboard.press("Enter")

    page.get_by_text("Articles: 1 added.").wait_for()
    expect(page.get_by_role("button", name="Ferry sinks off Lowick", exact=True)).to_be_visible()
    stored = site.desk.newsroom().articles()
    assert paper.url("/ferry") in [article.source for article in stored]


@pytest.mark.browser
def test_an_address_of_this_machine_is_refused_in_the_page_with_the_reason(
    page: Page, site: Served, paper: NewsSite
) -> None:
    page.goto(site.url)
    page.get_by_role("button", name="Articles", exact=True).click()
    field = page.get_by_label("Address of an article or a feed")
    field.fill(paper.url("/ferry"))
    page.keyboard.press("Enter")

    expect(page.locator(".gw-results li")).to_contain_text("GROUNDWIRE_FETCH_PRIVATE")
    assert paper.connections == 0
    field.fill("file:///etc/hosts")
    page.keyboard.press("Enter")
    expect(page.locator(".gw-results")).to_contain_text("file:///etc/hosts")
    expect(page.locator(".gw-results > p")).to_have_text("No article was added.")


@pytest.mark.slow  # it waits between two requests to one site, as it should
def test_the_api_takes_addresses_beside_files_and_tells_what_became_of_each(
    paper: NewsSite, served_with: Callable[..., Served]
) -> None:
    def slow(_headers: object) -> Reply:
        time.sleep(2)
        return html(report("Brundle"))

    entries = f"<item><title>Rain</title><link>{paper.url('/rain')}</link></item>"
    feed = f"<rss version='2.0'><channel><title>Post</title>{entries}</channel></rss>"
    paper.replies |= {
        "/robots.txt": reply(200, b"User-agent: *\nDisallow: /members"),
        "/feed.xml": reply(200, feed.encode(), Content_Type="application/rss+xml"),
        "/rain": html(report("Skerry")),
        "/large": html(b"x" * 1_000_001),
        "/slow": slow,
    }
    refused = {
        paper.url("/gone"): "404",
        paper.url("/members"): "robots.txt",
        paper.url("/large"): "larger than 1,000,000 bytes",
        paper.url("/slow"): "1 s",
        "file:///etc/hosts": "not a web address",
    }
    sent = [paper.url("/ferry"), paper.url("/feed.xml"), *refused]
    files = [("files", ("rain.txt", b"It rained all night."))]
    site = served_with(fetch_private=True, fetch_timeout_s=1, max_file_mb=1)
    with httpx2.Client(base_url=site.url, timeout=60) as client:
        done = client.post("/v1/articles", files=files, data={"addresses": sent}).json()
        again = client.post("/v1/articles", data={"addresses": sent[:1]}).json()
        nothing = client.post("/v1/articles", data={})

    assert (done["added"], done["updated"], len(done["failed"])) == (3, 0, len(refused))
    assert [one["name"] for one in done["items"]] == ["rain.txt", *sent]
    assert [one["added"] for one in done["items"]] == [1, 1, 1] + [0] * len(refused)
    for one in done["items"][3:]:
        [failure] = one["failed"]
        assert one["name"] in failure["problem"]
        assert refused[one["name"]] in failure["problem"]
        assert failure["fix"]
    assert (again["added"], again["unchanged"], again["failed"]) == (0, 1, [])
    assert nothing.status_code == 422
    assert "files, addresses" in nothing.json()["detail"]
    assert "/members" not in paper.paths()
    sources = {article.source for article in site.desk.newsroom().articles()}
    assert {paper.url("/ferry"), paper.url("/rain")} <= sources


def test_the_api_connects_to_no_private_address(site: Served, paper: NewsSite) -> None:
    before = site.desk.newsroom().articles()
    names = (paper.address, paper.address.replace("127.0.0.1", "localhost"), "http://[::1]:9")
    sent = [f"{name}/ferry" for name in names] + ["169.254.169.254/latest/meta-data"]
    done = httpx2.post(f"{site.url}/v1/articles", data={"addresses": sent}).json()

    assert [one["added"] for one in done["items"]] == [0] * len(sent)
    for failure in done["failed"]:
        assert "GROUNDWIRE_FETCH_PRIVATE" in failure["fix"]
    assert paper.connections == 0
    assert site.desk.newsroom().articles() == before


def test_one_request_brings_so_many_addresses_and_no_more(site: Served) -> None:
    sent = {"addresses": [f"https://127.0.0.1/{n}" for n in range(51)]}
    refusal = httpx2.post(f"{site.url}/v1/articles", data=sent)

    assert refusal.status_code == 422
    assert refusal.json()["fix"] == "Send at most 50."


@pytest.mark.parametrize("typed", ["/etc/hosts", "file:///etc/hosts", "../secret.md", "", "a b"])
def test_what_is_typed_is_never_read_from_the_disk(site: Served, typed: str) -> None:
    before = site.desk.newsroom().articles()
    done = ingest_sent(site.desk, site.home / "uploads", (), (typed,), 1_000)

    assert (done.added, len(done.failed)) == (0, 1)
    assert site.desk.newsroom().articles() == before


def test_what_comes_into_a_followed_folder_is_in_the_next_answer(
    served_with: Callable[..., Served], tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    site = served_with((str(folder),))
    (folder / "ferry.md").write_text("The ferry Saint Anna sank at dawn off Lowick.")
    wait_until(lambda: len(site.desk.newsroom().articles()) == 3)

    body = {"question": "Which ferry sank off Lowick?", "k": 1}
    [found] = httpx2.post(f"{site.url}/v1/search", json=body).json()["passages"]
    assert found["text"] == "The ferry Saint Anna sank at dawn off Lowick."


def test_following_ends_with_the_server(endpoint: FakeEndpoint, tmp_path: Path) -> None:
    given = {"openai_base_url": endpoint.base_url, "openai_api_key": "none"}
    home = tmp_path / "served"
    desk = open_desk(Settings.load(home=home, **given))
    with serving(desk, home, follow=(str(tmp_path),), **given):
        wait_until(lambda: desk.ready)
        assert "following" in [thread.name for thread in threading.enumerate()]
    assert "following" not in [thread.name for thread in threading.enumerate()]


def test_a_folder_that_is_not_there_is_said_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["serve", "--port", "0", "--watch", str(tmp_path / "nowhere")])

    assert stop.value.code == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "nowhere does not exist" in err
