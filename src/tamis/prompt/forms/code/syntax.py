"""What each grammar lets go: in which nodes the children are a list of which any part may be missing.

The names are those of the tree-sitter grammars. Where a node is not named here, its children stay with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Syntax:
    """What may go in a language.

    Attributes:
        lists: nodes any of whose children may go.
        commas: the same, where a comma stands behind each child but the last.
        after: nodes any of whose children may go that stand behind a certain token.
        clauses: nodes of which only children of certain kinds may go.
        stay: children that stay with the list that they stand in.
        first: children of which the first one in its list stays with it: a list without any would not parse.
        before: children that belong to the one behind them.
        behind: children that belong to the one before them.
        filled: lists that must not be empty.
        glue: what a line must not begin with, or it would continue the one before it.
    """

    lists: frozenset[str]
    commas: frozenset[str] = frozenset()
    after: Mapping[str, str] = field(default_factory=dict)
    clauses: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stay: frozenset[str] = frozenset()
    first: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    behind: frozenset[str] = frozenset()
    filled: frozenset[str] = frozenset()
    glue: str = ""


def _names(*names: str) -> frozenset[str]:
    return frozenset(name for some in names for name in some.split())


_CASES = {"case_statement": ":", "default_statement": ":"}
_JAVASCRIPT = Syntax(
    _names("program statement_block class_body switch_body interface_body object_type"),
    _names("object array"),
    {"switch_case": ":", "switch_default": ":"},
    before=_names("decorator"),
    glue="([`/+-*.,",
)
_C = Syntax(
    _names("translation_unit compound_statement field_declaration_list declaration_list"),
    _names("initializer_list"),
    _CASES,
    {
        "preproc_if": _names("preproc_elif preproc_else"),
        "preproc_ifdef": _names("preproc_elif preproc_elifdef preproc_else"),
    },
    stay=_names("access_specifier preproc_call"),
)

SYNTAX: Mapping[str, Syntax] = MappingProxyType(
    {
        "python": Syntax(
            _names("module block"),
            _names("list dictionary set tuple"),
            clauses={
                "if_statement": _names("elif_clause else_clause"),
                "for_statement": _names("else_clause"),
                "while_statement": _names("else_clause"),
                "try_statement": _names("except_clause except_group_clause else_clause finally_clause"),
            },
            first=_names("except_clause except_group_clause finally_clause case_clause"),
            filled=_names("block"),
        ),
        "javascript": _JAVASCRIPT,
        "typescript": _JAVASCRIPT,
        "tsx": _JAVASCRIPT,
        "java": Syntax(
            _names(
                "program class_body interface_body annotation_type_body enum_body_declarations",
                "block constructor_body switch_block module_body",
            ),
            _names("array_initializer"),
            {"switch_block_statement_group": ":"},
        ),
        "c": _C,
        "cpp": _C,
        "csharp": Syntax(
            _names("compilation_unit declaration_list block switch_body"),
            _names("initializer_expression"),
            {"switch_section": ":"},
            stay=_names("preproc_region preproc_endregion preproc_if preproc_pragma preproc_nullable"),
        ),
        "go": Syntax(
            _names("source_file block statement_list import_spec_list field_declaration_list"),
            _names("literal_value"),
            {
                "expression_case": ":",
                "type_case": ":",
                "communication_case": ":",
                "default_case": ":",
                "expression_switch_statement": "{",
                "type_switch_statement": "{",
                "select_statement": "{",
                "interface_type": "{",
            },
            stay=_names("package_clause"),
        ),
        "rust": Syntax(
            _names("source_file block declaration_list match_block"),
            _names("field_initializer_list field_declaration_list array_expression"),
            stay=_names("inner_attribute_item"),
            before=_names("attribute_item"),
        ),
        "ruby": Syntax(
            _names("program body_statement then do block_body ensure"),
            _names("hash array"),
            clauses={
                "if": _names("elsif else"),
                "elsif": _names("elsif else"),
                "unless": _names("else"),
                "case": _names("when else"),
                "case_match": _names("in_clause else"),
            },
            stay=_names("rescue else ensure uninterpreted __END__"),
            first=_names("when in_clause"),
            behind=_names("heredoc_body"),
        ),
        "php": Syntax(
            _names("program compound_statement declaration_list enum_declaration_list"),
            _names("array_creation_expression match_block"),
            _CASES,
            stay=_names("php_tag text text_interpolation"),
        ),
        "bash": Syntax(
            _names("program compound_statement do_group subshell else_clause"),
            clauses={"if_statement": _names("elif_clause else_clause")},
            after={"if_statement": "then", "elif_clause": "then", "case_statement": "in", "case_item": ")"},
            behind=_names("heredoc_body"),
            filled=_names("compound_statement do_group subshell else_clause if_statement elif_clause"),
        ),
    }
)
"""By the names of the languages."""
