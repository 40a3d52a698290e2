"""Real builds: what is published, and what is not."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import LIBRARY, ROOT, TODAY, run_build

CORPORA = ROOT.parent / "shared" / "corpora"
CORPORA_TOML = (ROOT / "tests/corpora.toml").read_text()
MKDOCS = """\
site_name: Corpora
theme: {name: material, font: false}
plugins: [kb/records, kb/links, kb/search]
nav: [index.md, incidents/index.md, playbooks/index.md]
"""


def digest(folder: Path) -> dict[str, str]:
    """Return the hash of every file of a folder, but for what changes with the host."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class _Ids(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name == "id"]


def ids_of(html: str) -> list[str]:
    """Return the ids of a page's elements."""
    parser = _Ids()
    parser.feed(html)
    return parser.found


def mkdocs(*arguments: str, module: str = "mkdocs", **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", **env},
    )


def test_an_error_stops_the_build_and_leaves_the_old_site_whole(
    copy_of_library: Path, example: Path, tmp_path: Path
) -> None:
    site = Path(shutil.copytree(example, tmp_path / "site"))
    before = digest(site)
    bad = copy_of_library / "postmortems/2026/bad.md"
    bad.write_text("---\ntitle: Secret plan\nstarted: 2026-02-30\n---\nSecret body\n")
    done = run_build(copy_of_library, site)
    assert done.returncode == 1
    assert "postmortems/2026/bad.md:3" in done.stderr
    assert "Traceback" not in done.stderr
    assert digest(site) == before
    bad.write_text("---\ntitle: Open plan\nstarted: 2026-02-28\n---\nOpen body\n")
    assert run_build(copy_of_library, site).returncode == 0
    assert "Open body" in (site / "incidents/bad/index.html").read_text()


def test_a_lowered_level_leaves_the_bad_record_out(copy_of_library: Path, tmp_path: Path) -> None:
    (copy_of_library / "postmortems/2026/bad.md").write_text(
        "---\ntitle: Secret plan\nstarted: 2026-02-30\n---\nSecret body\n"
    )
    with (copy_of_library / "kb.toml").open("a") as config:
        config.write('[levels]\nbad-time = "warning"\n')
    done = run_build(copy_of_library, tmp_path / "site")
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "site/incidents/bad").exists()
    assert not [path for path in (tmp_path / "site").rglob("*.*ml") if "Secret" in path.read_text()]


def test_mkdocs_build_stops_before_it_clears_the_old_site(copy_of_library: Path) -> None:
    config = str(copy_of_library / "mkdocs.yml")
    assert mkdocs("build", "-q", "-f", config).returncode == 0
    before = digest(copy_of_library / "site")
    (copy_of_library / "playbooks/bad.md").write_bytes(b"---\ntitle: \xff\n---\n")
    done = mkdocs("build", "-f", config)
    assert done.returncode != 0
    assert "playbooks/bad.md:2" in done.stderr
    assert "Traceback" not in done.stderr
    assert digest(copy_of_library / "site") == before


def test_mkdocs_build_strict_passes_on_this_repository(tmp_path: Path) -> None:
    done = mkdocs("build", "--strict", "-f", str(ROOT / "mkdocs.yml"), "-d", str(tmp_path / "site"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site/incidents/2017-02-28-s3-us-east-1/index.html").is_file()


def test_the_same_input_gives_the_same_bytes_elsewhere(copy_of_library: Path, tmp_path: Path, example: Path) -> None:
    for path in sorted(copy_of_library.rglob("*"), reverse=True):
        os.utime(path, (0, 0))
    done = run_build(
        copy_of_library, tmp_path / "other", "--today", TODAY, LC_ALL="C", TZ="Asia/Tokyo", PYTHONHASHSEED="7"
    )
    assert done.returncode == 0, done.stderr
    assert digest(tmp_path / "other") == digest(example)


def test_todays_date_decides_what_is_overdue(copy_of_library: Path, tmp_path: Path) -> None:
    assert run_build(copy_of_library, tmp_path / "before", "--today", "2026-03-31").returncode == 0
    page = (tmp_path / "before/incidents/2026-03-02-queue-full/index.html").read_text()
    assert "kb-mark--overdue" not in page
    assert "kb-mark--accepted" in page


def test_attachments_are_published_and_what_could_run_is_not(copy_of_library: Path, tmp_path: Path) -> None:
    folder = copy_of_library / "postmortems/2026"
    (folder / "drawing.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")
    (folder / "page.html").write_text("<script>1</script>")
    (folder / "fake.png").write_text("<script>1</script>")
    (folder / "more.md").write_text(
        "---\ntitle: More\n---\n![a](drawing.svg) [b](page.html) ![c](fake.png) ![d](disk.png)\n"
    )
    site = tmp_path / "site"
    assert run_build(copy_of_library, site).returncode == 0
    published = {str(path.relative_to(site / "files")) for path in (site / "files").rglob("*") if path.is_file()}
    assert published == {"postmortems/2026/disk.png", "postmortems/2026/log.txt"}
    page = (site / "incidents/more/index.html").read_text()
    assert 'src="../../files/postmortems/2026/disk.png"' in page
    body = page[page.index('<div class="kb-body">') : page.index('id="actions"')]
    assert "drawing.svg" not in body


def test_no_page_names_another_host_for_what_it_loads(public: Path, example: Path) -> None:
    loads = re.compile(r"<(?:script|img|link|iframe|source)\b[^>]*?(?:src|href)=[\"']?((?:https?:)?//[^\"'\s>]+)[^>]*>")
    for site in (public, example):
        for page in site.rglob("*.html"):
            outside = [m[0] for m in loads.finditer(page.read_text()) if 'rel="canonical"' not in m[0]]
            assert outside == [], page


def test_every_internal_link_of_the_site_leads_somewhere(public: Path, example: Path) -> None:
    for site in (public, example):
        for page in site.rglob("*.html"):
            if page.name == "404.html":
                continue
            for href in re.findall(r'<a\b[^>]*?href="([^"#?]+)', page.read_text()):
                if re.match(r"[a-z]+:", href):
                    continue
                target = (page.parent / href).resolve()
                assert (target / "index.html").is_file() or target.is_file(), f"{page.relative_to(site)}: {href}"


def test_every_anchor_link_within_a_page_leads_somewhere(public: Path, example: Path) -> None:
    for site in (public, example):
        for page in site.rglob("*.html"):
            text = page.read_text()
            ids = set(ids_of(text))
            missing = {a for a in re.findall(r'href="#([^"]+)"', text) if a not in ids}
            assert missing == set(), page.relative_to(site)


def test_names_of_files_are_no_way_into_a_page(copy_of_library: Path, tmp_path: Path) -> None:
    folder = copy_of_library / "postmortems/2026"
    shutil.copy(folder / "disk.png", folder / "50 % of #1.png")
    name = 'x" onmouseover="alert(1)'
    (folder / f"{name}.md").write_text("---\nid: odd\ntitle: Odd\n---\n![graph](<50%20%25 of %231.png>)\n")
    assert run_build(copy_of_library, tmp_path / "site").returncode == 0
    page = (tmp_path / "site/incidents/odd/index.html").read_text()
    assert "/edit/main/postmortems/2026/x%22%20onmouseover%3D%22alert%281%29.md" in page
    assert "onmouseover=" not in page.replace("onmouseover=&#34;", "")
    assert 'src="../../files/postmortems/2026/50%20%25%20of%20%231.png"' in page
    assert (tmp_path / "site/files/postmortems/2026/50 % of #1.png").is_file()


def test_a_record_cannot_take_an_id_of_the_page(copy_of_library: Path, tmp_path: Path) -> None:
    record = copy_of_library / "postmortems/2026/ids.md"
    record.write_text(
        '---\ntitle: Ids\n---\n## __search\n\n## actions\n\n<h2 id="__drawer">x</h2> <b id="__config">y</b>\n'
    )
    assert run_build(copy_of_library, tmp_path / "site").returncode == 0
    ids = ids_of((tmp_path / "site/incidents/ids/index.html").read_text())
    assert len(ids) == len(set(ids))
    assert "r-actions" in ids


def test_references_in_the_sites_own_pages_become_links(example: Path) -> None:
    page = (example / "notes/index.html").read_text()
    assert '<a class="kb-ref" href="../incidents/2026-03-02-queue-full/">Orders waited behind a full queue</a>' in page
    assert ">the playbook</a>" in page
    assert page.count("[[2026-03-02-queue-full]]") == 2


def test_a_reference_to_nothing_in_the_sites_own_pages_is_a_warning(copy_of_library: Path, tmp_path: Path) -> None:
    (copy_of_library / "docs/notes.md").write_text("# Notes\n\n[[2026-03-02-queue-ful]]\n")
    done = mkdocs("build", "-f", str(copy_of_library / "mkdocs.yml"), "-d", str(tmp_path / "site"))
    assert "notes.md: there is no record `2026-03-02-queue-ful` did you mean `2026-03-02-queue-full`" in done.stderr


def test_the_home_page_keeps_what_its_author_wrote_around_the_generated_part(example: Path) -> None:
    page = (example / "index.html").read_text()
    above, part, below = (page.index(s) for s in ("Our own words above", "Look out", "And below it."))
    assert above < part < below


def test_record_folders_inside_docs_are_not_published_twice(copy_of_library: Path, tmp_path: Path) -> None:
    shutil.move(copy_of_library / "postmortems", copy_of_library / "docs/postmortems")
    with (copy_of_library / "kb.toml").open("a") as config:
        config.write('[folders]\npostmortem = "docs/postmortems"\n')
    assert run_build(copy_of_library, tmp_path / "site").returncode == 0
    assert (tmp_path / "site/incidents/2026-03-02-queue-full/index.html").is_file()
    assert not (tmp_path / "site/postmortems").exists()


def test_the_navigation_never_names_a_single_record(example: Path) -> None:
    page = (example / "incidents/2026-03-02-queue-full/index.html").read_text()
    navigation = page[page.index('class="md-nav md-nav--primary') : page.index("</nav>", page.index("md-nav--primary"))]
    assert "Incidents" in navigation
    assert "queue-full" not in navigation


def test_links_without_records_says_what_is_missing(copy_of_library: Path) -> None:
    config = copy_of_library / "mkdocs.yml"
    config.write_text(config.read_text().replace("kb/records, ", ""))
    done = mkdocs("build", "-f", str(config))
    assert "kb/links needs kb/records before it" in done.stderr
    assert "Traceback" not in done.stderr


def test_pages_have_file_addresses_when_directories_are_off(copy_of_library: Path, tmp_path: Path) -> None:
    with (copy_of_library / "mkdocs.yml").open("a") as config:
        config.write("use_directory_urls: false\n")
    assert run_build(copy_of_library, tmp_path / "site").returncode == 0
    page = (tmp_path / "site/incidents/2026-03-02-queue-full.html").read_text()
    assert 'href="../playbooks/drain-the-queue.html"' in page
    assert (tmp_path / "site/incidents/inc-17.html").is_file()


def test_properdocs_builds_the_same_pages(tmp_path: Path) -> None:
    made = {}
    for module in ("mkdocs", "properdocs"):
        site = tmp_path / module
        call = ("build", "-q", "-f", str(LIBRARY / "mkdocs.yml"), "-d", str(site))
        done = mkdocs(*call, module=module, SOURCE_DATE_EPOCH="1781481600")
        assert done.returncode == 0, done.stderr
        generator = re.compile(r'<meta name="generator"[^>]*>')
        made[module] = {str(p.relative_to(site)): generator.sub("", p.read_text()) for p in site.rglob("*.html")}
    assert made["mkdocs"] == made["properdocs"]


@pytest.mark.corpora
@pytest.mark.skipif(not CORPORA.is_dir(), reason="../shared/corpora is not there")
def test_the_shared_corpora_build_into_one_site_untouched(tmp_path: Path) -> None:
    for name in ("public-incidents", "prometheus-runbooks"):
        shutil.copytree(CORPORA / name, tmp_path / "kb" / name)
    before = {name: digest(tmp_path / "kb" / name) for name in ("public-incidents", "prometheus-runbooks")}
    (tmp_path / "kb/docs").mkdir()
    (tmp_path / "kb/docs/index.md").write_text("# Corpora\n")
    (tmp_path / "kb/kb.toml").write_text(CORPORA_TOML)
    (tmp_path / "kb/mkdocs.yml").write_text(MKDOCS)
    done = run_build(tmp_path / "kb", tmp_path / "site", "--strict")
    assert done.returncode == 0, done.stderr
    incidents = list((tmp_path / "site/incidents").glob("*-*-*-*-*/index.html"))
    pages = [page.read_text() for page in (tmp_path / "site/playbooks").glob("*/index.html")]
    playbooks = [page for page in pages if 'http-equiv="refresh"' not in page]
    assert (len(incidents), len(playbooks)) == (242, 108)
    page = (tmp_path / "site/incidents/00b7f759-21f8-4767-8803-f09d863005cd/index.html").read_text()
    assert 'start <span class="kb-unknown">unknown</span>' in page
    assert {name: digest(tmp_path / "kb" / name) for name in before} == before


def test_a_reference_to_an_action_leads_to_its_row(example: Path) -> None:
    page = (example / "incidents/2026-05-04-queue-full-again/index.html").read_text()
    address, title = "../../incidents/2026-03-02-queue-full/#action-alert-on-disk", "Orders waited behind a full queue"
    assert f'href="{address}" title="{title}">Alert at 80 % disk</a>' in page
    assert 'id="action-alert-on-disk"' in (example / "incidents/2026-03-02-queue-full/index.html").read_text()
    assert "incidents/2026-03-02-queue-full/#action-alert-on-disk" in (example / "actions/index.html").read_text()
