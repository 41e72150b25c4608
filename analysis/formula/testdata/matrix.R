# Columns that R's model.frame and model.matrix give, for design_test.go:
#   Rscript matrix.R > matrix.json        (R 4.2.2, stats, jsonlite)
suppressMessages(library(jsonlite))
d <- data.frame(
  y = c(3.5, 2, 7, 1, 4, 6, 2.5, 8, 3, 5, 9, 1.5),
  x = c(1, 2, 3, NA, 5, 6, 7, 8, 9, 10, 11, 12),
  z = c(.5, 1.5, -1, 2, 0, .25, 3, -2, 1, 1, 4, -.5),
  k = c(1, 1, 2, 2, 10, 10, 1, 2, 10, 1, 2, 10),
  n = c(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) * 100000,
  a = factor(c("p","q","r","p","q","r","p","q","r","p","q","r"), levels = c("p","q","r","never")),
  b = factor(c("u","u","v","v","u","u","v","v",NA,"u","v","v")),
  c = factor(c("l","m","l","m","l","m","m","l","m","l","l","m"), levels = c("m","l")),
  only = factor(c("s","s","s","t","s","s","s","s","s","s","s","s")))
names(d)[names(d) == "c"] <- "my level"
d$economic.cond <- d$k
formulas <- c(
 "y ~ x", "y ~ a", "y ~ a * b", "y ~ a:b", "y ~ b:a", "y ~ 0 + a", "y ~ a - 1", "y ~ 0 + x + a", "y ~ 0 + a * b", "y ~ 0 + a:b",
 "y ~ x:a", "y ~ x * a", "y ~ 0 + x:a", "y ~ a + a:x", "y ~ x + a:x", "y ~ a + b:x", "y ~ (a + b + x)^2", "y ~ (a + b + x)^2 - a:b", "y ~ (a + b + x + z)^3",
 "y ~ a / x", "y ~ a / b", "y ~ (a + b) / x", "y ~ a %in% b + x", "y ~ x + I(x^2)", "y ~ I(x^2 + 1) + I(x/(z + 10))", "log(y + 1) ~ log(x) + sqrt(x) + exp(z)",
 "y ~ factor(k)", "y ~ factor(k) * x", "y ~ factor(n)", "y ~ I(x > 5)", "y ~ I(x > 5) * a", "y ~ 0 + I(x > 5) + a", "y ~ scale(x) + scale(z, scale = FALSE)",
 "y ~ scale(x, center = FALSE):a", "y ~ a:b:`my level`", "y ~ a * b * `my level`", "y ~ a:b + `my level`", "y ~ b:`my level` + a", "y ~ `my level` + a:`my level`",
 "I(y > 3) ~ x + a", "y ~ economic.cond + x", "y ~ x + offset(log(k))", "y ~ b * x - x", "y ~ b * x - 1", "y ~ 1", "y ~ 0 + x", "y ~ log(x, 2) + log10(x) + log2(x)",
 "y ~ I(x * 100000) + I(x + 1e-5)", "y ~ I(-x) + I(-x^2) + I((x + 1) * 2)", "y ~ factor(b)", "y ~ relevel(a, ref = \"q\")", "y ~ 0 + relevel(a, ref = \"q\")", "y ~ C(b, sum) * a", "y ~ x + x:a + a:b",
 "y ~ a:x:b", "y ~ x:z + a", "y ~ a + b + a:x:b", "y ~ factor(k) + factor(k):a", "y ~ as.numeric(a) + pmin(x, 5)", "y ~ abs(z) + round(z)", "y ~ ifelse(x > 5, 1, 0)", "y ~ a * (b + x) - a:b", "y ~ (a + b)^2 + x - 1", "y ~ x + +a", "y ~ a + (x - 1)",
 "y ~ I(k %in% c(1, 2))", "y ~ I(x %% 3)", "y ~ I(a == \"q\")", "y ~ I(a == 'q' & x > 3)", "y ~ I(!(x > 3)) + (b)", "y ~ factor(k, levels = c(10, 2))", "y ~ exp(-x/10) + I(2^z)", "y ~ is.na(b)", "cbind(k, n) ~ a",
 "y ~ poly(z, 2)", "y ~ poly(z, 3) * a", "y ~ poly(k, 2, raw = TRUE) + b", "y ~ poly(z, 1)", "y ~ poly(z, degree = 2):b", "y ~ C(b, poly) * x", "y ~ C(factor(k), contr.poly)", "y ~ 0 + C(factor(k), poly) + b",
 "y ~ I(z - mean(z)) + I(k/sd(k)) + I(z - median(z))", "y ~ I(max(z) - z) + I(z/sum(k)) + I(z - min(k))")
out <- lapply(formulas, function(s) {
  f <- as.formula(s)
  mf <- model.frame(f, d, drop.unused.levels = TRUE)
  m <- model.matrix(attr(mf, "terms"), mf)
  y <- model.response(mf)
  dimnames(m) <- list(NULL, colnames(m))
  list(formula = s, names = I(colnames(m)), assign = I(as.integer(attr(m, "assign"))), terms = I(attr(attr(mf, "terms"), "term.labels")),
       rows = I(as.integer(rownames(mf))), y = I(if (is.matrix(y)) y[, 1]/rowSums(y) else as.numeric(y)),
       x = { x <- unclass(m); attr(x, "assign") <- attr(x, "contrasts") <- NULL; dimnames(x) <- NULL; x },
       offset = if (is.null(model.offset(mf))) NULL else I(model.offset(mf)))
})
cat(toJSON(list(data = lapply(d, function(x) I(if (is.factor(x)) as.character(x) else x)), levels = lapply(Filter(is.factor, d), levels), cases = out),
           digits = I(15), auto_unbox = TRUE, null = "null", na = "string"))
