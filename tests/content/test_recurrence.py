"""What keeps coming back in this repository's own incidents is what an engineer would say keeps coming back."""

import pytest

import kb


@pytest.fixture(scope="module")
def found(catalogue: kb.Catalogue) -> kb.Recurrence:
    return kb.Recurrence(catalogue)


# What must be together, by the words of the address of an incident. That others join is no fault.
FAMILIES = {
    "leap seconds": (
        "2008-12-31-linux-leap-second",
        "2012-06-30-linux-leap-second",
        "2017-01-01-cloudflare-leap-second",
    ),
    "certificates": (
        "2013-02-22-azure-storage-certificate",
        "2018-12-06-ericsson-certificate",
        "2019-05-03-firefox-addons-certificate",
        "2020-02-03-teams-certificate",
        "2021-04-06-epic-certificate",
    ),
    "routing": (
        "2008-02-24-youtube-hijack",
        "2015-06-12-telekom-malaysia-leak",
        "2019-06-24-verizon-route-leak",
        "2022-06-21-cloudflare-prefixes",
    ),
    "power": (
        "2012-06-29-aws-us-east-power",
        "2016-06-05-aws-sydney-power",
        "2023-11-02-cloudflare-control-plane-power",
    ),
    "counters": (
        "2014-07-29-strava-upload-ids",
        "2015-07-20-sentry-xid-wraparound",
        "2018-04-06-gocardless-update-log-ids",
        "2019-02-04-mandrill-xid-wraparound",
        "2021-05-16-github-token-ids",
    ),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_what_failed_in_one_way_is_one_cluster(family: str, found: kb.Recurrence) -> None:
    clusters = {found.cluster_of[name].id if name in found.cluster_of else name for name in FAMILIES[family]}
    assert len(clusters) == 1, clusters


def test_what_failed_in_two_ways_is_in_two_clusters(found: kb.Recurrence) -> None:
    firsts = [found.cluster_of[names[0]].id for names in FAMILIES.values()]
    assert len(set(firsts)) == len(FAMILIES), firsts


def test_clusters_are_of_a_mechanism_and_not_of_a_vendor(found: kb.Recurrence) -> None:
    vendors = {one.id: {found.incidents[name].organization for name in one.members} for one in found.clusters}
    # One vendor may meet one mechanism three times; that it is so again and again would be its name.
    assert sum(1 for some in vendors.values() if len(some) == 1) <= 1, vendors


def test_clusters_are_few_and_none_swallows_the_rest(found: kb.Recurrence) -> None:
    assert 5 <= len(found.clusters) <= len(found.incidents) // 5
    assert all(3 <= len(one.members) <= len(found.incidents) // 6 for one in found.clusters)
    assert all(one.cohesion >= 0.12 for one in found.clusters)


def test_the_patterns_of_the_library_describe_the_clusters_they_are_drawn_from(found: kb.Recurrence) -> None:
    described = {one.learning for one in found.clusters}
    assert {"expired-certificates", "unfiltered-routes", "clocks-and-calendars", "counters-that-run-out"} <= described
    titles = {learning.id: learning.title for learning in found.catalogue.learnings}
    assert [one.label for one in found.clusters if one.learning and one.label != titles[one.learning]] == []


def test_a_label_of_words_tells_something(found: kb.Recurrence) -> None:
    for one in found.clusters:
        assert one.label.strip(), one.id
        assert "word in common" not in one.label, one.id
        assert len(one.terms) >= 3, one.id


def test_all_declared_repeats_but_one_are_found_among_the_first_five(found: kb.Recurrence) -> None:
    assert len(found.repeats) >= 20
    missed = [
        f"{one.later} repeats {one.earlier}"
        for one in found.repeats
        if one.earlier not in {hit.id for hit in found.similar(one.later)}
    ]
    # Two full disks, told in other words and of other work.
    assert missed == ["2023-08-28-toyota-disk-full repeats 2016-07-24-tarsnap-disk-full"]


def test_each_declared_repeat_is_together_or_in_no_cluster(found: kb.Recurrence) -> None:
    apart = [
        f"{one.later} repeats {one.earlier}"
        for one in found.repeats
        if found.cluster_of.get(one.later) != found.cluster_of.get(one.earlier)
    ]
    assert apart == []


def test_most_incidents_have_something_near_and_none_without_a_reason(found: kb.Recurrence) -> None:
    hits = {name: found.similar(name) for name in found.incidents}
    assert sum(1 for some in hits.values() if some) >= 0.6 * len(hits)
    assert [name for name, some in hits.items() if not all(hit.reasons for hit in some)] == []


def test_a_name_is_never_the_only_reason(found: kb.Recurrence) -> None:
    alone = [
        f"{name} and {hit.id}"
        for name in found.incidents
        for hit in found.similar(name)
        if {reason.kind for reason in hit.reasons} <= {"name"}
    ]
    assert alone == []


def test_no_reason_is_a_vendor_called_a_word(found: kb.Recurrence) -> None:
    vendors = {(incident.organization or "").lower() for incident in found.incidents.values()}
    for name in found.incidents:
        for hit in found.similar(name):
            words = {word for reason in hit.reasons if reason.kind == "word" for word in reason.what}
            assert not words & vendors, f"{name} and {hit.id}"


def test_suggested_causes_are_right_more_often_than_the_most_frequent_cause_would_be(found: kb.Recurrence) -> None:
    right, of = found.causes.right
    known = [incident.causes for incident in found.incidents.values() if incident.causes]
    causes = {cause for some in known for cause in some}
    most = max(sum(cause in some for some in known) for cause in causes - {"unknown"})
    assert of == sum(1 for some in known if set(some) - {"unknown"})
    assert right > most
