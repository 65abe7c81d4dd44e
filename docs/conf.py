"""How Sphinx builds the documentation: `make docs`. Nothing is fetched, and no date is written."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

import retrostats as rs  # noqa: E402 - after the path of the local extensions

project = "retrostats"
author = "The retrostats authors"
project_copyright = author
version = release = rs.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx_copybutton",
    "constructors",
    "mathml",
    "messages",
    "names",
    "outside",
]
exclude_patterns = ["_build", "_ext", "_templates"]
templates_path = ["_templates"]
highlight_language = "none"
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

# Markdown as on a code-hosting site, with formulas between dollar signs.
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
myst_dmath_double_inline = True
html_math_renderer = "mathml"

# A single backtick in a docstring names an object or a parameter; `names` links the former.
default_role = "py:obj"
autosummary_generate = True
autosummary_ignore_module_all = False
autosummary_imported_members = True
autodoc_typehints = "none"
numpydoc_show_class_members = False
toc_object_entries = False
add_module_names = False
python_maximum_signature_line_length = 88

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
copybutton_only_copy_prompt_lines = True
copybutton_line_continuation_character = "\\"
copybutton_selector = "div.highlight-python pre, div.highlight-console pre, div.highlight-toml pre"

html_theme = "furo"
html_title = "retrostats"
html_static_path = ["_static"]
html_css_files = ["retrostats.css"]
html_favicon = "_static/icon.svg"
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None
html_theme_options = {"navigation_with_keys": True}

# The name of a package, which has no page.
nitpick_ignore = [("py:obj", "retrostats.figures")]
