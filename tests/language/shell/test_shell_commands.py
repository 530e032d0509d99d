"""Expressions of a shell command become variables of its environment, or are refused."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from everloom.language.expressions import Expression, Literal, Template, parse_value
from everloom.language.shell_commands import ShellCommand, shell_command


def read(command: str) -> ShellCommand:
    match parse_value(command):
        case Literal(text):
            return shell_command([text])
        case Template(parts):
            return shell_command(parts)
        case Expression() as whole:
            return shell_command([whole])


def run(command: str, values: Mapping[str, str], folder: Path) -> str:
    """What the command says when its expressions, by their text, have these values."""
    made = read(command)
    assert made.misplaced == ()
    environment = {name: values[what.text] for name, what in made.variables.items()}
    return subprocess.run(
        ["/bin/sh", "-c", made.text, "sh", "first"],
        env={"PATH": "/usr/bin:/bin", **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


HOSTILE = [
    "Ada",
    "",
    "; touch pwned",
    "$(touch pwned)",
    "`touch pwned`",
    '"; touch pwned; "',
    "'; touch pwned; '",
    "a\nEND\ntouch pwned\n",
    "*",
    "two  words",
    "-rf",
    "${HOME}",
    "\\",
    "$1",
    "#no comment",
    "a[$(touch pwned)]",
    "Zoë 🐍",
]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        pytest.param('printf "%s" "Hello, ${ .v }!"', "Hello, {}!", id="within double quotes"),
        pytest.param("printf '<%s>' ${ .v }", "<{}>", id="without quotes"),
        pytest.param("printf '<%s>' a${ .v }b c", "<a{}b><c>", id="within a word"),
        pytest.param('name=${ .v }; printf "%s" "$name"', "{}", id="assignment"),
        pytest.param('name=${ .v } sh -c \'printf "%s" "$name"\'', "{}", id="for one command"),
        pytest.param('printf "%s" "$(printf "%s." ${ .v })"', "{}.", id="within a substitution"),
        pytest.param("cat <<END\n$1 ${ .v } don't\nEND\n", "first {} don't\n", id="here-document"),
        pytest.param("cat <<-END\n\t${ .v }\n\tEND\nprintf x", "{}\nx", id="indented document"),
        pytest.param("# don't ${ .v }\nprintf '%s' ${ .v }", "{}", id="behind a comment"),
        pytest.param('sh -c \'printf "%s" "$1"\' sh ${ .v }', "{}", id="another shell's argument"),
        pytest.param("for each in ${ .v } b; do printf '%s,' \"$each\"; done", "{},b,", id="loop"),
        pytest.param(
            'case ${ .v } in none) printf none;; *) printf "%s" ${ .v };; esac', "{}", id="case"
        ),
        pytest.param("printf '%s' it\\'s#${ .v }", "it's#{}", id="escaped quote"),
    ],
)
def test_a_value_arrives_as_it_is(command: str, wanted: str, value: str, tmp_path: Path) -> None:
    """Wherever an expression may stand, its value is that argument and nothing else."""
    said = run(command, {".v": value}, tmp_path)

    assert said == wanted.format(value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        pytest.param("echo 'Hello, ${ .v }'", "single quotes", id="single quotes"),
        pytest.param("echo don\\'t 'x ${ .v }'", "single quotes", id="after an escaped quote"),
        pytest.param("echo \\${ .v }", "backslash", id="backslash"),
        pytest.param('echo "\\${ .v }"', "backslash", id="backslash within quotes"),
        pytest.param("echo $${ .v }", "dollar", id="dollar"),
        pytest.param("echo $((${ .v } + 1))", "as an expression", id="arithmetic"),
        pytest.param('echo "$(( (1) + ${ .v } ))"', "as an expression", id="nested arithmetic"),
        pytest.param("if ((${ .v } > 1)); then echo; fi", "as an expression", id="condition"),
        pytest.param("echo `echo ${ .v }`", "backticks", id="backticks"),
        pytest.param("cat <<'END'\n${ .v }\nEND\n", "quoted end", id="quoted document"),
        pytest.param("cat <<END\n$(echo ${ .v })\nEND\n", "substitution", id="document that runs"),
        pytest.param("sh <<END\necho ${ .v }\nEND\n", "as code", id="document that is run"),
        pytest.param('sh -c "echo ${ .v }"', "as code", id="another shell"),
        pytest.param('find . -exec bash -ec "rm ${ .v }" \\;', "as code", id="found and run"),
        pytest.param("python3 -c 'print(1)'\"${ .v }\"", "as code", id="python"),
        pytest.param('node --eval "f(${ .v })"', "as code", id="node"),
        pytest.param("eval echo ${ .v }", "as code", id="eval"),
        pytest.param('trap "rm ${ .v }" EXIT', "as code", id="trap"),
        pytest.param("[[ ${ .v } -eq 1 ]]", "as code", id="bash's test"),
        pytest.param('sed "s/a/${ .v }/" file', "as code", id="sed"),
        pytest.param('awk -F, "{ print ${ .v } }"', "as code", id="awk"),
        pytest.param(". ${ .v }", "as code", id="source"),
        pytest.param("${ .v } --version", "name of the program", id="program"),
        pytest.param("cd / && ${ .v }", "name of the program", id="second program"),
        pytest.param("if ${ .v }; then echo; fi", "name of the program", id="condition's program"),
        pytest.param("A=1 ${ .v }", "name of the program", id="program after assignment"),
        pytest.param("${ .v }", "name of the program", id="the whole command"),
        pytest.param("echo $'a' ${ .v }", "differently", id="bash's quotes"),
    ],
)
def test_an_expression_is_refused_where_it_would_not_be_a_plain_value(
    command: str, reason: str
) -> None:
    """The message says why, and the hint what to write instead."""
    made = read(command)

    assert [each.expression.text for each in made.misplaced] == [".v"]
    assert reason in made.misplaced[0].message
    assert made.misplaced[0].hint.endswith((".", "argument.`", "variable."))


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        pytest.param("sed -n p ${ .v }", 'sed -n p "${__everloom_1}"', id="file of sed"),
        pytest.param("awk -v n=${ .v } '{ print n }'", None, id="variable of awk"),
        pytest.param("echo sh ${ .v }", None, id="word that names a shell"),
        pytest.param("cp . ${ .v }", None, id="dot"),
        pytest.param("echo a > ${ .v }", 'echo a > "${__everloom_1}"', id="file to write"),
        pytest.param('x=$(case a in a) echo "${ .v }";; esac)', None, id="case in substitution"),
    ],
)
def test_what_only_looks_alike_is_permitted(command: str, wanted: str | None) -> None:
    """Arguments that no program reads as code."""
    made = read(command)

    assert made.misplaced == ()
    assert wanted in {None, made.text}


def test_a_command_without_expressions_stays_as_it_is() -> None:
    """Whatever the shell's language has in it."""
    text = "f() { echo $'x' `id` $((1 + 1)); }\nf <<'E'\nE\n"

    assert shell_command([text]) == ShellCommand(text, {}, ())


def test_variables_never_meet_those_of_the_author() -> None:
    """Their names are new ones."""
    made = read('echo "$__everloom_1 ${ .a } ${ .b }"')

    assert made.text == 'echo "$__everloom_1 ${__everloom__1} ${__everloom__2}"'
    assert {name: what.text for name, what in made.variables.items()} == {
        "__everloom__1": ".a",
        "__everloom__2": ".b",
    }
