# Base R only: wilcox.test with its exact intervals (one and two samples), and friedman.test.
source("../_lib.R")
w <- function(...) suppressWarnings(unclass(wilcox.test(..., conf.int = TRUE))[c("statistic", "p.value", "estimate", "conf.int")])
two <- list(
  four = list(x = c(1.1, 2.7, 3.4, 8.9), y = c(0.4, 5.2, 6.1, 7.7)),
  uneven = list(x = c(12.31, 9.04, 15.72, 11.18, 10.59, 13.97, 8.26), y = c(10.01, 7.45, 9.88)),
  three = list(x = c(1.1, 2.2, 3.3), y = c(4.4, 5.5, 6.6)))
pairs <- list(
  eight = list(before = c(7.13, 6.42, 8.01, 5.37, 7.74, 9.26, 6.58, 7.90), after = c(4.22, 5.19, 5.53, 4.08, 8.31, 6.64, 5.47, 4.75)),
  ten = list(before = c(41.2, 52.9, 47.1, 38.4, 60.3, 55.8, 44.6, 49.5, 51.7, 42.0), after = c(45.9, 43.3, 50.2, 41.8, 48.4, 57.3, 52.5, 40.6, 46.1, 49.7)))
tied <- list(before = c(7, 6, 8, 5, 7, 9, 6, 7, 8, 6, 7, 5), after = c(4, 5, 9, 4, 3, 6, 8, 4, 6, 3, 6, 7))
r <- list(two = list(), paired = list())
for (n in names(two)) for (lv in c(0.95, 0.9)) r$two[[paste(n, lv * 100, sep = "_")]] <- c(list(level = lv, of = n), w(two[[n]]$x, two[[n]]$y, conf.level = lv))
for (n in names(pairs)) for (lv in c(0.95, 0.9)) r$paired[[paste(n, lv * 100, sep = "_")]] <- c(list(level = lv, of = n), w(pairs[[n]]$after, pairs[[n]]$before, paired = TRUE, conf.level = lv))
r$paired_tied <- w(tied$after, tied$before, paired = TRUE)
visits <- matrix(c(7,5,4, 6,6,4, 8,5,5, 5,4,4, 7,6,3, 6,7,5, 9,6,6), ncol = 3, byrow = TRUE)
r$friedman <- unclass(friedman.test(visits))[c("statistic", "parameter", "p.value")]
r$qwilcox <- outer(c(3, 5, 10, 20, 49), c(4, 7, 12, 30), Vectorize(function(m, n) qwilcox(0.025, m, n)))
r$qsignrank <- sapply(c(5, 6, 10, 25, 49, 100), function(n) qsignrank(0.025, n))
gwrite(c(list(input = list(two = two, paired = pairs, tied = tied, visits = visits)), r), "ref.json", c("stats"))
