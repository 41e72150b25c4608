package render

// The commands of TeX's mathematics that mathML knows, by what they are.
var (
	mathLetters = map[string]string{
		"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
		"theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
		"rho": "ρ", "sigma": "σ", "varsigma": "ς", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
		"Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
		"infty": "∞", "ell": "ℓ", "partial": "∂", "nabla": "∇", "emptyset": "∅", "varnothing": "∅", "hbar": "ℏ", "Re": "ℜ", "Im": "ℑ", "top": "⊤", "bot": "⊥",
		"ldots": "…", "dots": "…", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱",
	}
	mathSigns = map[string]string{
		"le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "sim": "∼", "simeq": "≃", "cong": "≅", "equiv": "≡",
		"propto": "∝", "ll": "≪", "gg": "≫", "lt": "<", "gt": ">", "in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂", "subseteq": "⊆", "supset": "⊃", "supseteq": "⊇",
		"cup": "∪", "cap": "∩", "setminus": "∖", "times": "×", "cdot": "⋅", "div": "÷", "pm": "±", "mp": "∓", "ast": "∗", "star": "⋆", "circ": "∘", "oplus": "⊕", "otimes": "⊗",
		"to": "→", "rightarrow": "→", "leftarrow": "←", "leftrightarrow": "↔", "Rightarrow": "⇒", "Leftarrow": "⇐", "Leftrightarrow": "⇔", "iff": "⟺", "implies": "⟹", "mapsto": "↦",
		"uparrow": "↑", "downarrow": "↓", "forall": "∀", "exists": "∃", "neg": "¬", "lnot": "¬", "land": "∧", "wedge": "∧", "lor": "∨", "vee": "∨",
		"mid": "∣", "nmid": "∤", "parallel": "∥", "perp": "⊥", "colon": ":", "prime": "′", "triangleq": "≜", "coloneqq": "≔", "dagger": "†", "bullet": "∙",
	}
	mathBig = map[string]string{
		"sum": "∑", "prod": "∏", "coprod": "∐", "int": "∫", "iint": "∬", "oint": "∮", "bigcup": "⋃", "bigcap": "⋂", "bigoplus": "⨁", "bigotimes": "⨂",
	}
	mathFunctions = map[string]bool{ // true: scripts stand below when displayed
		"log": false, "ln": false, "exp": false, "sin": false, "cos": false, "tan": false, "arg": false, "deg": false, "dim": false, "ker": false,
		"min": true, "max": true, "inf": true, "sup": true, "lim": true, "limsup": true, "liminf": true, "det": true, "gcd": true, "Pr": true,
	}
	mathAccents = map[string]string{
		"hat": "^", "widehat": "^", "bar": "¯", "overline": "¯", "tilde": "~", "widetilde": "~", "vec": "→", "dot": "˙", "ddot": "¨", "underline": "_",
	}
	mathFonts = map[string]string{
		"text": "text", "textrm": "text", "mbox": "text", "mathrm": "roman", "mathbf": "bold", "boldsymbol": "bold", "mathbb": "blackboard",
		"mathcal": "calligraphy", "mathscr": "calligraphy", "mathsf": "sans", "mathtt": "mono",
	}
	mathSpaces = map[string]string{"quad": "1em", "qquad": "2em", "enspace": "0.5em", "thinspace": "0.1667em"}

	mathDelimiters = map[string]string{
		"lvert": "|", "rvert": "|", "vert": "|", "lVert": "‖", "rVert": "‖", "Vert": "‖", "langle": "⟨", "rangle": "⟩", "lbrace": "{", "rbrace": "}",
		"lbrack": "[", "rbrack": "]", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "backslash": "∖",
	}
	mathEnvironments = map[string][3]string{ // opening and closing bracket, alignment of columns
		"cases": {"{", "", "left"}, "matrix": {"", "", "center"}, "pmatrix": {"(", ")", "center"}, "bmatrix": {"[", "]", "center"}, "vmatrix": {"|", "|", "center"},
		"aligned": {"", "", "right left"}, "align": {"", "", "right left"}, "align*": {"", "", "right left"}, "split": {"", "", "right left"}, "gathered": {"", "", "center"},
	}
)
