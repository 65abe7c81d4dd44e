"""Trial folders: a good one loads, and each fault is told with file, line and column."""

import pytest

from retrostats.data.catalogue import load_trial, load_trials
from retrostats.data.grammar import STATISTICS
from retrostats.errors import DataError

HEADER = "arm,outcome,timepoint,statistic,printed,contrast,test,kind,source\n"
GOOD = "retro,pain,6wk,mean,3.6,,,printed,Table 2\n"
TOML = """\
id = "walk2020"
role = "retro trial"
citation = "Nobody A. An invented trial. 2020"
timepoints = ["baseline", "6wk"]

[[arms]]
label = "retro"
n_analysed = 15

[[arms]]
label = "forward"

[[outcomes]]
name = "pain"
low = 0
high = 10
unit = "cm"
better = "lower"
change = "baseline - follow-up"
"""
RESERVED = (
    "age, body mass, completers, completion, height, lost to follow-up, participants, sample, "
    "sex, studies, trials"
)
TIMES = (
    "baseline, 6wk, 'change T' for a change from the first to T, several joined by '/', or for "
    "counts enrolled, randomised, analysed, completed"
)
NUMBER = "expected a number such as 0.50, -38.7, 12%, < 0.001, P = 0.040 or 'not significant'"
TOP_KEYS = (
    "id, role, citation, doi, pmid, pmcid, decimal_mark, design, population, analysis_reported, "
    "note, timepoints, arms, outcomes"
)
OUTCOME_KEYS = "name, instrument, low, high, unit, better, change, integer, items"


def test_a_good_folder_loads_with_every_number_in_its_place(write_trial):
    trial = load_trial(write_trial())
    assert trial.id == "walk2020"
    assert trial.timepoints == ("baseline", "6wk")
    assert [(arm.label, arm.n_analysed) for arm in trial.arms] == [("retro", 15), ("forward", None)]
    pain = trial.outcome("pain")
    assert (pain.low, pain.high, pain.unit, pain.better) == (0.0, 10.0, "cm", "lower")
    assert [(f.line, f.arm, f.statistic, f.printed.text) for f in trial.figures] == [
        (2, "retro", "mean", "3.6"),
        (3, "forward", "mean", "4.7"),
        (4, "", "p", "P < 0.05"),
    ]
    assert trial.printed(arm="retro", statistic="mean").value == 3.6
    assert trial.printed(arm="retro", statistic="sd") is None
    assert trial.outcome("age").better == ""


def test_a_study_that_prints_nothing_is_a_study(write_trial):
    assert load_trial(write_trial(values=HEADER)).figures == ()


ROW_FAULTS = {
    "an arm that does not exist": (
        "backward,pain,6wk,mean,3.6,,,printed,Table 2",
        "arm: 'backward' is no arm of this trial; expected retro, forward",
    ),
    "an arm in capitals": (
        "Retro,pain,6wk,mean,3.6,,,printed,Table 2",
        "arm: 'Retro' is no arm of this trial; expected retro, forward",
    ),
    "an outcome that is not declared": (
        "retro,speed,6wk,mean,3.6,,,printed,Table 2",
        f"outcome: 'speed' is no outcome of this trial; expected pain, {RESERVED}",
    ),
    "no outcome": (
        "retro,,6wk,mean,3.6,,,printed,Table 2",
        f"outcome: '' is no outcome of this trial; expected pain, {RESERVED}",
    ),
    "a timepoint that is not declared": (
        "retro,pain,12wk,mean,3.6,,,printed,Table 2",
        f"timepoint: '12wk' is no timepoint; expected {TIMES}",
    ),
    "a change to the baseline itself": (
        "retro,pain,change baseline,mean_change,1.6,,,printed,Table 2",
        f"timepoint: 'change baseline' is no timepoint; expected {TIMES}",
    ),
    "an empty part of a joined timepoint": (
        "retro,pain,baseline/,p,0.2,,,printed,Table 2",
        f"timepoint: 'baseline/' is no timepoint; expected {TIMES}",
    ),
    "no timepoint outside a review": (
        "retro,pain,,mean,3.6,,,printed,Table 2",
        f"timepoint: '' is no timepoint; expected {TIMES}",
    ),
    "an unknown statistic": (
        "retro,pain,6wk,average,3.6,,,printed,Table 2",
        f"statistic: unknown statistic 'average'; expected {', '.join(sorted(STATISTICS))}",
    ),
    "a test in capitals": (
        ",pain,6wk,p,0.2,retro - forward,T-test,printed,Table 2",
        "test: unknown test 'T-test'; write it 't-test'",
    ),
    "an asterisk": (
        "retro,pain,6wk,mean,3.6*,,,printed,Table 2",
        "printed: '3.6*' has more than the number; leave out asterisks and footnote letters",
    ),
    "an unknown test": (
        ",pain,6wk,p,0.2,retro - forward,anova,printed,Table 2",
        (
            "test: unknown test 'anova'; expected ancova, paired, paired t-test, rm_anova group, "
            "rm_anova time, rm_anova time x group, t-test, three-group, unstated, "
            "within arm, z-test"
        ),
    ),
    "an unknown kind": (
        "retro,pain,6wk,mean,3.6,,,guessed,Table 2",
        "kind: unknown kind 'guessed'; expected derived, inferred, printed",
    ),
    "no source": (
        "retro,pain,6wk,mean,3.6,,,printed,",
        "source: is empty; say where the number stands (abstract, Table 2, ...)",
    ),
    "a contrast with an arm that does not exist": (
        ",pain,6wk,p,0.2,retro - control,,printed,Table 2",
        (
            "contrast: 'retro - control' does not name two arms; "
            "expected 'treated - control' with two of retro, forward"
        ),
    ),
    "a contrast without spaces": (
        ",pain,6wk,p,0.2,retro-forward,,printed,Table 2",
        (
            "contrast: 'retro-forward' does not name two arms; "
            "expected 'treated - control' with two of retro, forward"
        ),
    ),
    "a contrast of an arm with itself": (
        ",pain,6wk,p,0.2,retro - retro,,printed,Table 2",
        (
            "contrast: 'retro - retro' does not name two arms; "
            "expected 'treated - control' with two of retro, forward"
        ),
    ),
    "an arm and a contrast": (
        "retro,pain,6wk,p,0.2,retro - forward,,printed,Table 2",
        "contrast: a row of one arm has no contrast; leave arm or contrast empty",
    ),
    "a number that is none": (
        "retro,pain,6wk,mean,high,,,printed,Table 2",
        f"printed: 'high' is no number; {NUMBER}",
    ),
    "no number": (
        "retro,pain,6wk,mean,,,,printed,Table 2",
        f"printed: the printed number is empty; {NUMBER}",
    ),
    "an undeclared decimal comma": (
        'retro,pain,6wk,mean,"3,6",,,printed,Table 2',
        (
            "printed: '3,6' has a comma between digits: if the source prints decimal commas, "
            'declare decimal_mark = "," in trial.toml; a thousands separator is left out'
        ),
    ),
    "a number of 400 digits": (
        f"retro,pain,6wk,sd,{'9' * 400},,,printed,Table 2",
        f"printed: '{'9' * 80}'... is no number; {NUMBER}",
    ),
    "a number that no float holds": (
        "retro,pain,6wk,sd,1e308,,,printed,Table 2",
        "printed: '1e308' is too large or too small to compute with",
    ),
    "a mean off the scale": (
        "retro,pain,6wk,mean,36,,,printed,Table 2",
        "printed: '36' lies outside the scale of pain in trial.toml",
    ),
    "a quartile below the scale": (
        "retro,pain,6wk,q1,-1.0,,,printed,Table 2",
        "printed: '-1.0' lies outside the scale of pain in trial.toml",
    ),
    "a negative standard deviation": (
        "retro,pain,6wk,sd,-1.2,,,printed,Table 2",
        "printed: '-1.2' is negative, which sd cannot be",
    ),
    "a p above 1": (
        ",pain,6wk,p,1.20,retro - forward,,printed,Table 2",
        "printed: '1.20' is above 1, which p cannot be",
    ),
    "a p in percent": (
        ",pain,6wk,p,0.5%,retro - forward,,printed,Table 2",
        "printed: '0.5%' is no probability; expected a p value from 0 to 1",
    ),
    "a p value that stands as a mean": (
        "retro,pain,6wk,mean,P < 0.05,,,printed,Table 2",
        "printed: 'P < 0.05' is a p value and stands as mean",
    ),
    "words for a mean": (
        "retro,pain,6wk,mean,not significant,,,printed,Table 2",
        "printed: 'not significant' is no mean; only a p may be given in words",
    ),
    "an n that is not whole": (
        "retro,sample,analysed,n,15.5,,,printed,Table 2",
        "printed: '15.5' is no count; expected a whole number",
    ),
    "an n with a bound": (
        "retro,sample,analysed,n,> 15,,,printed,Table 2",
        "printed: '> 15' is no count; expected a whole number",
    ),
    "an n in percent": (
        "retro,sample,analysed,n,15%,,,printed,Table 2",
        "printed: '15%' is no count; expected a whole number",
    ),
    "a lone limit": (
        "retro,pain,6wk,ci_low,3.1,,,printed,Table 2",
        "statistic: ci_low stands alone; both limits of an interval are needed",
    ),
}


@pytest.mark.parametrize(("row", "message"), ROW_FAULTS.values(), ids=ROW_FAULTS)
def test_each_fault_of_a_row_is_told_with_its_line_and_column(write_trial, faults_of, row, message):
    folder = write_trial(values=f"{HEADER}{GOOD}{row}\n")
    assert faults_of(folder) == [f"walk2020/values.csv, line 3, column {message}"]


FILE_FAULTS = {
    "an unknown column": (
        HEADER.replace("source", "page") + GOOD,
        [
            f"line 1, column page: unknown column; expected {HEADER.strip()}",
            "line 1, column source: the column is missing",
        ],
    ),
    "semicolons": (
        HEADER.replace(",", ";") + GOOD.replace(",", ";"),
        ["line 1: separates its columns by semicolons; save it with commas: " + HEADER.strip()],
    ),
    "a missing column": (
        "arm,outcome,timepoint,statistic,printed,contrast,test,kind\n",
        ["line 1, column source: the column is missing"],
    ),
    "a column too many": (
        HEADER.replace("kind", "kind,kind") + GOOD,
        ["line 1, column kind: the column stands more than once"],
    ),
    "a row that is too short": (
        HEADER + "retro,pain,6wk,mean,3.6,,printed,Table 2\n",
        ["line 2: has 8 cells, the header has 9"],
    ),
    "a row that is too long": (
        HEADER + "retro,pain,6wk,mean,3,6,,,printed,Table 2\n",
        ["line 2: has 10 cells, the header has 9"],
    ),
    "a repeated row": (
        HEADER + GOOD + "\n" + GOOD.replace("3.6", "3.7"),
        ["line 4: repeats line 2: same arm, outcome, timepoint, statistic, contrast and test"],
    ),
    "a row repeated as unstated": (
        HEADER + GOOD + GOOD.replace(",,,", ",,unstated,"),
        ["line 3: repeats line 2: same arm, outcome, timepoint, statistic, contrast and test"],
    ),
    "a backwards interval": (
        HEADER
        + GOOD
        + "retro,pain,6wk,ci_low,4.1,,,printed,Table 2\n"
        + "retro,pain,6wk,ci_high,3.1,,,printed,Table 2\n",
        ["line 3, column printed: the interval runs backwards: 4.1 to 3.1"],
    ),
    "an interval without its estimate": (
        HEADER
        + "retro,pain,6wk,ci_low,3.1,,,printed,Table 2\n"
        + "retro,pain,6wk,ci_high,4.1,,,printed,Table 2\n",
        [
            (
                "line 2, column statistic: ci_low belongs to no estimate with its arm, outcome, "
                "time and contrast"
            ),
            (
                "line 3, column statistic: ci_high belongs to no estimate with its arm, outcome, "
                "time and contrast"
            ),
        ],
    ),
    "a limit whose partner is no number": (
        HEADER
        + GOOD
        + "retro,pain,6wk,ci_low,3.1,,,printed,Table 2\n"
        + "retro,pain,6wk,ci_high,x,,,printed,Table 2\n",
        [f"line 4, column printed: 'x' is no number; {NUMBER}"],
    ),
    "a partner at another time": (
        HEADER
        + "retro,pain,6wk,ci_low,3.1,,,printed,Table 2\n"
        + "retro,pain,baseline,ci_high,4.1,,,printed,Table 2\n",
        [
            "line 2, column statistic: ci_low stands alone; both limits of an interval are needed",
            "line 3, column statistic: ci_high stands alone; both limits of an interval are needed",
        ],
    ),
    "a quotation mark that does not close": (
        HEADER + GOOD + '"retro,pain,6wk,mean,3.6,,,printed,Table 2\n' + GOOD,
        ["line 3: not valid CSV: unexpected end of data; look for a stray quotation mark"],
    ),
    "a quotation mark inside a quoted cell": (
        HEADER + GOOD + 'retro,pain,6wk,sd,3.6,,,printed,"Table "2"\n',
        ["line 3: not valid CSV: ',' expected after '\"'; look for a stray quotation mark"],
    ),
    "an enormous cell": (
        HEADER + GOOD + "x" * 140_000 + "\n",
        [
            (
                "line 3: not valid CSV: field larger than field limit (131072); "
                "look for a stray quotation mark"
            )
        ],
    ),
    "empty cells only": (",,,,,,,,\n", [f"line 1: has no header; expected {HEADER.strip()}"]),
    "a byte-order mark only": (
        "\ufeff",
        [f"line 1: has no header; expected {HEADER.strip()}"],
    ),
    "no byte at all": ("", ["the file is empty; see docs/data-format.md for its form"]),
    "white space only": (" \n\n", ["the file is empty; see docs/data-format.md for its form"]),
    "a missing file": (None, ["the file is missing; a trial folder needs values.csv"]),
    "another encoding": (
        (HEADER + GOOD).encode() + b"retro,pain,6wk,sd,1.2,,,printed,M\xfcller\n",
        ["line 3: byte 0xfc is not UTF-8; save the file as UTF-8"],
    ),
    "UTF-16": (
        (HEADER + GOOD).encode("utf-16"),
        ["line 1: byte 0xff is not UTF-8; save the file as UTF-8"],
    ),
    "a NUL": (
        HEADER + "retro,pain\x00,6wk,mean,3.6,,,printed,Table 2\n",
        ["line 2: holds the control character U+0000; remove it"],
    ),
}


@pytest.mark.parametrize(("values", "messages"), FILE_FAULTS.values(), ids=FILE_FAULTS)
def test_each_fault_of_values_csv_is_told(write_trial, faults_of, values, messages):
    folder = write_trial(values=values)
    joined = [
        f"walk2020/values.csv{':' if text[:4] != 'line' else ','} {text}" for text in messages
    ]
    assert faults_of(folder) == joined


def toml(old: str, new: str) -> str:
    assert TOML.count(old) == 1
    return TOML.replace(old, new)


PAIN = 'name = "pain"\n'
TOML_FAULTS = {
    "an unknown key": (
        toml('role = "retro trial"\n', 'role = "retro trial"\nyear = 2020\n'),
        [f"line 3, key year: unknown key 'year'; expected one of {TOP_KEYS}"],
    ),
    "an unknown key of an outcome": (
        toml("better", "direction"),
        [
            "line 18, key outcomes.direction: unknown key 'direction'; expected one of "
            + OUTCOME_KEYS
        ],
    ),
    "an unknown key in quotation marks": (
        toml("better", '"good side"'),
        [
            "line 18, key outcomes.good side: unknown key 'good side'; expected one of "
            + OUTCOME_KEYS
        ],
    ),
    "an unknown table": (
        TOML + "\n[extra]\nyear = 2020\n",
        [f"line 21, key extra: unknown key 'extra'; expected one of {TOP_KEYS}"],
    ),
    "an unknown key of the second arm": (
        toml('label = "forward"\n', 'label = "forward"\nlabl = "x"\n'),
        [
            ("line 12, key arms.labl: unknown key 'labl'; expected one of label, n_randomised, "
            "n_analysed, intervention, dose")
        ],
    ),
    "an unknown key below a text of several lines": (
        toml(
            'role = "retro trial"\n',
            'role = "retro trial"\nnote = """\n[[arms]]\nyear = 1\n"""\nyear = 2\n',
        ),
        [f"line 7, key year: unknown key 'year'; expected one of {TOP_KEYS}"],
    ),
    "an unknown key below an unusual line separator": (
        toml('role = "retro trial"\n', 'role = "retro trial"\nnote = "a\u2028b"\nyear = 2\n'),
        [f"line 4, key year: unknown key 'year'; expected one of {TOP_KEYS}"],
    ),
    "an unknown role": (
        toml('"retro trial"', '"trial"'),
        [
            ("line 2, key role: role = 'trial' is not known; expected one of 'biomechanics', "
            "'cited', 'cited claim', 'comparator', 'retro trial', 'review'")
        ],
    ),
    "a missing key": (
        toml('citation = "Nobody A. An invented trial. 2020"\n', ""),
        ["key citation: 'citation' is missing; expected text"],
    ),
    "an empty key": (
        toml("Nobody A. An invented trial. 2020", ""),
        ["line 3, key citation: 'citation' is empty; expected text"],
    ),
    "no timepoints": (
        toml('["baseline", "6wk"]', "[]"),
        ["line 4, key timepoints: 'timepoints' is empty; expected a list"],
    ),
    "a timepoint that is no text": (
        toml('["baseline", "6wk"]', "[1]"),
        [
            ("line 4, key timepoints: timepoint 1 should be text without '/' that does not "
            "start with 'change '")
        ],
    ),
    "a timepoint that reads as a change": (
        toml('"6wk"]', '"6wk", "change 6wk"]'),
        [
            ("line 4, key timepoints: timepoint 'change 6wk' should be text without '/' that "
            "does not start with 'change '")
        ],
    ),
    "a timepoint twice": (
        toml('"6wk"]', '"6wk", "6wk"]'),
        ["line 4, key timepoints: ['baseline', '6wk', '6wk'] repeats a timepoint"],
    ),
    "an id that is not the folder's name": (
        toml('"walk2020"', '"walk2021"'),
        ["line 1, key id: id 'walk2021' is not the folder's name 'walk2020'; make them equal"],
    ),
    "an arm that is declared twice": (
        toml('"forward"', '"retro"'),
        ["line 11, key arms.label: 'retro' is declared twice; each name stands once"],
    ),
    "two arms without a label": (
        "".join(line for line in TOML.splitlines(keepends=True) if "label" not in line),
        [
            "line 6, key arms.label: 'label' is missing; expected text",
            "line 9, key arms.label: 'label' is missing; expected text",
        ],
    ),
    "an n as text": (
        toml("n_analysed = 15", 'n_analysed = "15"'),
        ["line 8, key arms.n_analysed: n_analysed = '15' should be a whole number"],
    ),
    "an n of nobody": (
        toml("n_analysed = 15", "n_analysed = 0"),
        ["line 8, key arms.n_analysed: n_analysed = 0 should be 1 or more"],
    ),
    "an n that is true": (
        toml("n_analysed = 15", "n_analysed = true"),
        ["line 8, key arms.n_analysed: n_analysed = True should be a whole number"],
    ),
    "a pmid as a number": (
        toml('role = "retro trial"', 'role = "retro trial"\npmid = 123'),
        ["line 3, key pmid: pmid = 123 should be text"],
    ),
    "a scale without length": (
        toml("high = 10", "high = 0"),
        ["line 16, key outcomes.high: the scale from 0 to 0 has no length; low < high"],
    ),
    "a scale from nan": (
        toml("low = 0", "low = nan"),
        ["line 15, key outcomes.low: low = nan should be a number of at most 15 digits"],
    ),
    "a scale to infinity": (
        toml("high = 10", "high = inf"),
        ["line 16, key outcomes.high: high = inf should be a number of at most 15 digits"],
    ),
    "a scale to 10 to the power of 400": (
        toml("high = 10", f"high = 1{'0' * 400}"),
        [
            (f"line 16, key outcomes.high: high = 1{'0' * 79}... should be a number of at most "
            "15 digits")
        ],
    ),
    "a number of 5000 digits": (
        toml("high = 10", f"high = {'1' * 5000}"),
        ["brackets are nested too deeply, or a number has thousands of digits"],
    ),
    "a hexadecimal number of 5000 digits": (
        toml('unit = "cm"', f"unit = 0x{'f' * 5000}"),
        ["line 17, key outcomes.unit: unit = a number of thousands of digits should be text"],
    ),
    "brackets without end": (
        toml('unit = "cm"', f"unit = {'[' * 5000}"),
        ["brackets are nested too deeply, or a number has thousands of digits"],
    ),
    "a date": (
        toml('unit = "cm"', "unit = 1979-05-27"),
        ["line 17, key outcomes.unit: unit = datetime.date(1979, 5, 27) should be text"],
    ),
    "items without integer": (
        toml(PAIN, PAIN + "items = 5\n"),
        ["line 15, key outcomes.items: items is only read together with integer = true"],
    ),
    "a reserved name": (
        TOML + '\n[[outcomes]]\nname = "age"\n',
        ["line 22, key outcomes.name: 'age' is a reserved name and needs no declaration"],
    ),
    "a decimal mark that is none": (
        toml('role = "retro trial"', 'role = "retro trial"\ndecimal_mark = ";"'),
        ["line 3, key decimal_mark: decimal_mark = ';' is not known; expected one of ',', '.'"],
    ),
    "arms that are a number": (
        'arms = 3\n' + TOML[: TOML.index("[[arms]]")] + TOML[TOML.index("[[outcomes]]") :],
        ["line 1, key arms: arms = 3 should be a list"],
    ),
    "outcomes that are a list of numbers": (
        "outcomes = [1]\n" + TOML[: TOML.index("[[outcomes]]")],
        ["line 1, key outcomes: write each entry as a [[outcomes]] table"],
    ),
    "an arm in single brackets": (
        TOML.replace('[[arms]]\nlabel = "forward"\n', "").replace("[[arms]]", "[arms]"),
        ["line 6, key arms: arms = {'label': 'retro', 'n_analysed': 15} should be a list"],
    ),
    "a text without quotation marks": (
        toml('"cm"', "cm"),
        ["line 17: not valid TOML at character 8: text stands in quotes; write \"cm\""],
    ),
    "a key twice": (
        toml("high = 10", "high = 10\nhigh = 20"),
        ["line 17: not valid TOML at character 10: Cannot overwrite a value"],
    ),
    "a bracket that stays open": (
        TOML + "note = [\n",
        ["line 20: not valid TOML at the end of the file: Invalid value"],
    ),
    "a missing file": (None, ["the file is missing; a trial folder needs trial.toml"]),
    "no byte at all": (b"", ["the file is empty; see docs/data-format.md for its form"]),
    "another encoding": (
        toml("Nobody", "Nöbody").encode("latin-1"),
        ["line 3: byte 0xf6 is not UTF-8; save the file as UTF-8"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "messages"), TOML_FAULTS.values(), ids=TOML_FAULTS)
def test_each_fault_of_trial_toml_is_told(write_trial, faults_of, content, messages):
    folder = write_trial(toml=content)
    at = [
        f"walk2020/trial.toml{',' if text.startswith(('line', 'key')) else ':'} {text}"
        for text in messages
    ]
    assert faults_of(folder) == at


def test_a_folder_in_place_of_a_file_is_told(write_trial, faults_of):
    folder = write_trial(values=None)
    (folder / "values.csv").mkdir()
    assert faults_of(folder) == [
        "walk2020/values.csv: is no file but a folder or device; a file is needed",
    ]


def test_a_link_to_itself_is_told(write_trial, faults_of):
    folder = write_trial(values=None)
    (folder / "values.csv").symlink_to("values.csv")
    assert faults_of(folder) == [
        "walk2020/values.csv: the file cannot be read: Too many levels of symbolic links",
    ]


def test_a_linked_folder_is_the_trial_of_the_links_name(write_trial, tmp_path):
    folder = write_trial()
    elsewhere = tmp_path / "elsewhere"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere)
    assert load_trial(folder).id == "walk2020"
    assert load_trials(folder=folder.parent)[0] == load_trial(folder)


def test_line_numbers_survive_quoted_line_breaks_and_blank_lines(write_trial, faults_of):
    values = (
        HEADER
        + "\n"
        + 'retro,pain,6wk,mean,3.6,,,printed,"Table 2\n\nlower half"\n'
        + "\n\n"
        + "retro,pain,6wk,sd,bad,,,printed,Table 2\n"
    )
    assert faults_of(write_trial(values=values)) == [
        f"walk2020/values.csv, line 8, column printed: 'bad' is no number; {NUMBER}"
    ]
    good = load_trial(write_trial(values=values.replace("bad", "1.2")))
    assert [figure.line for figure in good.figures] == [3, 8]
    assert good.figures[0].source == "Table 2\n\nlower half"


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_foreign_line_ends_and_a_byte_order_mark_change_nothing(write_trial, ending):
    plain = load_trial(write_trial())
    folder = plain_folder = write_trial()
    for file in ("trial.toml", "values.csv"):
        text = (plain_folder / file).read_text()
        (folder / file).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", ending).encode())
    foreign = load_trial(folder)
    assert foreign.figures == plain.figures
    assert foreign.arms == plain.arms
    assert foreign.digests != plain.digests


def test_a_declared_decimal_comma_holds_for_the_whole_file(write_trial, faults_of):
    declared = toml('role = "retro trial"', 'role = "retro trial"\ndecimal_mark = ","')
    folder = write_trial(declared, HEADER + GOOD.replace("3.6", '"3,6"'))
    assert load_trial(folder).figures[0].printed.value == 3.6
    assert faults_of(write_trial(declared, HEADER + GOOD)) == [
        (
            "walk2020/values.csv, line 2, column printed: '3.6' has a point between digits: this "
            'source declares decimal_mark = ","; a thousands separator is left out'
        )
    ]


def test_a_fault_of_the_arms_is_not_told_again_for_each_row(write_trial, faults_of):
    values = HEADER + GOOD + ",pain,6wk,p,0.2,retro - forward,,printed,Table 2\n"
    assert faults_of(write_trial(toml('label = "retro"', "label = 3"), values)) == [
        "walk2020/trial.toml, line 7, key arms.label: label = 3 should be text"
    ]


def test_columns_may_stand_in_any_order(write_trial):
    values = "source,kind,test,contrast,printed,statistic,timepoint,outcome,arm\n"
    values += "Table 2,printed,,,3.6,mean,6wk,pain,retro\n"
    figure = load_trial(write_trial(values=values)).figures[0]
    assert (figure.arm, figure.printed.text, figure.source) == ("retro", "3.6", "Table 2")


def test_labels_may_hold_the_sign_that_joins_a_contrast(write_trial):
    content = TOML.replace('"retro"', '"retro - slow"').replace('"forward"', '"slow - forward"')
    values = HEADER + ",pain,6wk,p,0.2,retro - slow - slow - forward,,printed,Table 2\n"
    trial = load_trial(write_trial(content, values))
    assert trial.figures[0].contrast == "retro - slow - slow - forward"


def test_a_change_may_leave_the_scale_and_a_time_that_sounds_like_one_may_not(
    write_trial, faults_of
):
    content = toml('"6wk"]', '"6wk", "after change "]')
    row = "retro,pain,{},mean,-3.6,,,printed,Table 2\n"
    load_trial(write_trial(content, HEADER + row.format("change 6wk")))
    content = toml('"6wk"]', '"6wk", "exchange day"]')
    assert faults_of(write_trial(content, HEADER + row.format("exchange day"))) == [
        (
            "walk2020/values.csv, line 2, column printed: '-3.6' lies outside the scale of pain in "
            "trial.toml"
        )
    ]


def test_a_review_may_leave_the_time_and_compare_in_its_own_words(write_trial):
    head = TOML[: TOML.index("[[arms]]")].replace("retro trial", "review")
    values = HEADER + ",pain,,smd,-0.5,backward walking vs usual care,,printed,abstract\n"
    figure = load_trial(write_trial(head + TOML[TOML.index("[[outcomes]]") :], values)).figures[0]
    assert (figure.timepoint, figure.contrast) == ("", "backward walking vs usual care")


def test_all_faults_of_all_files_are_told_together_in_one_stable_order(write_trial):
    write_trial(toml("low = 0", "low = true"), HEADER + "x,pain,6wk,sd,-1,,,printed,\n", "walk2020")
    write_trial(None, b"\xff", "another")
    folder = write_trial(TOML, HEADER + GOOD + GOOD + "short\n", "zoo").parent
    with pytest.raises(DataError) as error:
        load_trials(folder=folder)
    assert str(error.value) == (
        "the trials: 8 faults found.\n"
        "  1. another/trial.toml: the file is missing; a trial folder needs trial.toml\n"
        "  2. another/values.csv, line 1: byte 0xff is not UTF-8; save the file as UTF-8\n"
        "  3. walk2020/trial.toml, line 15, key outcomes.low: low = True should be a number\n"
        "  4. walk2020/values.csv, line 2, column arm: 'x' is no arm of this trial; expected "
        "retro, forward\n"
        "  5. walk2020/values.csv, line 2, column source: is empty; say where the number stands "
        "(abstract, Table 2, ...)\n"
        "  6. zoo/trial.toml, line 1, key id: id 'walk2020' is not the folder's name 'zoo'; "
        "make them equal\n"
        "  7. zoo/values.csv, line 3: repeats line 2: same arm, outcome, timepoint, statistic, "
        "contrast and test\n"
        "  8. zoo/values.csv, line 4: has 1 cells, the header has 9"
    )


def test_a_trial_gives_its_numbers_as_a_table_letter_by_letter(write_trial):
    text = f"{HEADER}{GOOD},pain,6wk,p,P < 0.050,retro - forward,t-test,inferred,Table 2\n"
    rows = load_trial(write_trial(values=text)).tidy()
    assert rows.columns.tolist() == HEADER.strip().split(",")
    assert rows.to_csv(index=False, lineterminator="\n") == text
