"""Mistakes of other services, each with the tests that would notice it here."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
#: By service and what it does: the tests that fail if ours does the same.
MISTAKES: dict[str, dict[str, tuple[str, ...]]] = {
    "rdflib-endpoint 0.6.3": {
        "dataset parameters are ignored, counts silently wrong": (
            "test_sparql.test_the_datasets_graphs_are_those_that_are_asked_for",
            "test_contract.test_the_dataset_is_the_one_asked_for",
        ),
        "a posted form is decoded twice": ("test_sparql.test_a_form_is_decoded_once",),
        "TSV is asked for, XML is sent with 200": (
            "test_sparql.test_solutions_come_in_every_syntax",
        ),
        "there is no 406": (
            "test_sparql.test_an_answer_that_cannot_be_given_so_is_refused",
            "test_negotiation.test_what_is_not_on_offer_is_refused_with_a_list",
        ),
        "two queries are accepted": (
            "test_sparql.test_two_queries_are_refused",
            "test_contract.test_two_queries_and_an_endpoint_are_no_way_out",
        ),
        "HEAD gives 405": ("test_sparql.test_head_is_get_without_a_body",),
        "ASK as CSV gives 422": ("test_sparql.test_solutions_come_in_every_syntax",),
        "one heavy query blocks the server": (
            "test_contract.test_heavy_queries_do_not_keep_others_waiting",
        ),
        "a query runs on after its client left": (
            "test_contract.test_a_query_stops_when_its_client_leaves",
        ),
        "any origin is echoed, with credentials": (
            "test_sparql.test_any_page_on_the_web_may_ask",
        ),
        "scripts come from elsewhere": (
            "test_contract.test_no_page_takes_anything_from_elsewhere",
        ),
    },
    "oxigraph serve 0.5.13": {
        "a query out of time is 200 with broken JSON": (
            "test_sparql.test_a_slow_query_is_stopped",
            "test_bounding.test_a_long_answer_says_its_limits_and_ends_as_no_document",
        ),
        "a failed SERVICE is 200 with the error in the JSON": (
            "test_services.test_what_another_does_wrong_is_told_and_can_be_done_without",
        ),
        "HEAD gives 404": (
            "test_sparql.test_head_is_get_without_a_body",
            "test_resources.test_head_is_get_without_a_body",
        ),
        "a browser gets XML": (
            "test_sparql.test_a_browser_gets_the_page_with_the_result",
        ),
    },
    "Comunica": {
        "a text in the results says that they are not whole": (
            "test_bounding.test_a_long_answer_says_its_limits_and_ends_as_no_document",
            "test_sparql.test_an_answer_that_breaks_off_breaks_the_connection",
        ),
    },
    "Trifid": {
        "a failed DESCRIBE gives 404": (
            "test_contract.test_a_failed_description_is_no_missing_thing",
            "test_remoting.test_people_and_programs_are_told_what_is_the_matter",
        ),
        "parameters of named graphs are dropped": (
            "test_sparql.test_the_datasets_graphs_are_those_that_are_asked_for",
        ),
        "the store behind goes on when the client left": (
            "test_remoting.test_a_store_is_asked_no_longer_than_somebody_waits",
        ),
    },
    "RickView": {
        "all pages have one tag": (
            "test_contract.test_tags_are_of_one_form_of_one_thing",
        ),
        "304 is decided before negotiation": (
            "test_contract.test_tags_are_of_one_form_of_one_thing",
        ),
    },
    "Prez": {
        "CORS is `*` with credentials": (
            "test_sparql.test_any_page_on_the_web_may_ask",
            "test_resources.test_any_page_on_the_web_may_read",
        ),
        "a GET purges the cache": (
            "test_contract.test_two_queries_and_an_endpoint_are_no_way_out",
        ),
    },
    "Virtuoso": {
        "a result is cut with 200": (
            "test_bounding.test_a_long_answer_says_its_limits_and_ends_as_no_document",
            "test_stores.test_what_a_store_cuts_never_passes_as_whole",
        ),
    },
    "LodLive": {
        "links are cut at a hundred without a word": (
            "test_hostile.test_long_lists_are_cut_and_lead_to_the_rest",
            "test_entity_pages.test_rdf_that_is_cut_says_so",
        ),
    },
    "grlc": {
        "`endpoint=` makes it an open proxy": (
            "test_contract.test_two_queries_and_an_endpoint_are_no_way_out",
        ),
    },
}
NAMED = sorted(
    {name for found in MISTAKES.values() for names in found.values() for name in names}
)


@pytest.mark.parametrize("name", NAMED)
def test_what_would_notice_a_mistake_is_there(name: str) -> None:
    """A test that is renamed or taken away is missed."""
    module, _, function = name.partition(".")
    tree = ast.parse((TESTS / f"{module}.py").read_text(encoding="utf-8"))

    assert function in {
        item.name for item in tree.body if isinstance(item, ast.FunctionDef)
    }
