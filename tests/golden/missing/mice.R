# Imputation by mice where it can be compared: a monotone trial, visit by visit, and its donors.
# Run in this folder: Rscript mice.R; it takes about a minute and writes mice.json.
source("../effects/_lib.R")
suppressMessages(library(mice))
data <- read.csv("data.csv")
# Gaps before a visit that was seen go, with their subjects: the rest is monotone.
seen <- !is.na(data[, 5:8])
data <- data[apply(seen, 1, function(x) all(diff(x) <= 0)), ]
known <- data.frame(retro = data$arm == "retro", forward = data$arm == "forward", data[, 3:4]) * 1
whole <- cbind(known, data[, 5:8]); visits <- names(data)[5:8]
uses <- matrix(0, 8, 8, dimnames = list(names(whole), names(whole)))
for (a in 1:4) uses[visits[a], c(names(known), visits[seq_len(a - 1)])] <- 1
pooled <- function(method, count) {
  methods <- ifelse(names(whole) %in% visits, method, "")
  made <- mice(whole, m = count, method = methods, predictorMatrix = uses, maxit = 1,
               visitSequence = visits, printFlag = FALSE, seed = 7)
  found <- sapply(seq_len(count), function(k) {
    fit <- lm(week12 ~ retro + forward + baseline + man, complete(made, k)); coef(fit)[2:3]
  })
  list(imputations = count, retro = mean(found[1, ]), forward = mean(found[2, ]),
       error_retro = sd(found[1, ]) / sqrt(count), error_forward = sd(found[2, ]) / sqrt(count))
}
# Whom mice lets give: fitted values of those seen, predictions of those missing, all donors found.
set.seed(3); fitted <- round(c(rnorm(12, 5, 2), 4, 4, 4), 2); wanted <- c(-3, 2.1, 4, 4.4, 5.05, 6.66, 30)
who <- mice:::matchindex(fitted, rep(wanted, each = 8000), 5L)
shares <- t(sapply(seq_along(wanted), function(k)
  tabulate(who[(k - 1) * 8000 + 1:8000], length(fitted)) / 8000))
gwrite(list(subjects = data$id, norm = pooled("norm", 2000), pmm = pooled("pmm", 2000),
            fitted = fitted, wanted = wanted, shares = shares, df_no_variance_between =
              pool.scalar(c(1, 1, 1), c(1, 1, 1) / 4, n = 50, k = 1)$df), "mice.json", "mice")
