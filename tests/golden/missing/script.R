# Reference-based imputation by the rules of rbmi (Wolbers et al. 2022), in plain R and nlme.
# Run in this folder: Rscript script.R; it takes about two minutes and writes ref.json.
source("../effects/_lib.R")
suppressMessages({library(nlme); library(mice)})
data <- read.csv("data.csv")
arms <- c("control", "retro", "forward"); m <- 4
Y <- as.matrix(data[, 5:8]); dimnames(Y) <- NULL
n <- nrow(Y); arm <- match(data$arm, arms)
design <- function(code) cbind(1, code == 2, code == 3, data$baseline, data$man)
own_columns <- design(arm); control_columns <- design(rep(1, n))
last <- apply(!is.na(Y), 1, function(seen) if (any(seen)) max(which(seen)) else 0)

# --- Restricted likelihood, unstructured covariance, all columns by visit ---
# nlme's gls finds the place; average information goes on from there until nothing moves.
long_of <- function(keep) {
  rows <- which(!is.na(Y[keep, , drop = FALSE]), arr.ind = TRUE)
  rows <- rows[order(rows[, 1], rows[, 2]), ]
  i <- keep[rows[, 1]]
  X <- matrix(0, nrow(rows), 5 * m)
  for (k in seq_len(nrow(rows))) X[k, (rows[k, 2] - 1) * 5 + 1:5] <- own_columns[i[k], ]
  list(id = i, visit = rows[, 2], y = Y[cbind(i, rows[, 2])], X = X)
}
by_gls <- function(long) {
  d <- data.frame(y = long$y, id = factor(long$id), visit = long$visit)
  d$X <- long$X
  control <- glsControl(opt = "optim", tolerance = 1e-10, msTol = 1e-12, maxIter = 200, msMaxIter = 500)
  fit <- gls(y ~ X - 1, d, correlation = corSymm(form = ~ visit | id),
             weights = varIdent(form = ~ 1 | visit), method = "REML", control = control)
  weight <- coef(fit$modelStruct$varStruct, unconstrained = FALSE, allCoef = TRUE)
  sd <- fit$sigma * weight[order(as.integer(names(weight)))]
  low <- coef(fit$modelStruct$corStruct, unconstrained = FALSE)
  R <- diag(m); R[lower.tri(R)] <- low; R <- R + t(R) - diag(m)
  list(beta = matrix(coef(fit), ncol = m), sigma = diag(sd) %*% R %*% diag(sd), loglik = as.numeric(logLik(fit)))
}
pairs <- which(lower.tri(diag(m), TRUE), arr.ind = TRUE)
covariance <- function(theta) {
  S <- matrix(0, m, m); S[pairs] <- theta; S[pairs[, 2:1]] <- theta; S
}
place <- function(long, S) S[long$visit, long$visit] * outer(long$id, long$id, "==")
state <- function(long, theta) {
  V <- place(long, covariance(theta)); Vi <- chol2inv(chol(V)); X <- long$X
  A <- t(X) %*% Vi %*% X; beta <- solve(A, t(X) %*% (Vi %*% long$y))
  P <- Vi - Vi %*% X %*% solve(A, t(X) %*% Vi); Py <- P %*% long$y
  half <- function(x) sum(log(diag(chol(x))))
  loglik <- -half(V) - half(A) - sum(long$y * Py) / 2 - (length(long$y) - ncol(X)) / 2 * log(2 * pi)
  list(P = P, Py = Py, beta = beta, loglik = loglik)
}
reml <- function(keep) {
  long <- long_of(keep); start <- by_gls(long); theta <- start$sigma[pairs]
  parts <- lapply(seq_len(nrow(pairs)), function(k) {
    unit <- rep(0, nrow(pairs)); unit[k] <- 1; place(long, covariance(unit))
  })
  for (round in 1:100) {
    at <- state(long, theta)
    moved <- sapply(parts, function(D) D %*% at$Py)
    score <- sapply(seq_along(parts), function(k) sum(at$Py * moved[, k]) - sum(at$P * parts[[k]])) / 2
    step <- solve(t(moved) %*% at$P %*% moved / 2, score)
    theta <- theta + step
    if (max(abs(step)) < 1e-13 * max(theta)) break
  }
  stopifnot(round < 100)
  at <- state(long, theta)
  list(beta = matrix(at$beta, ncol = m), sigma = covariance(theta), loglik = at$loglik, gls = start)
}

# --- Means under a strategy, and given what was seen ---
means_of <- function(beta, strategy) {
  own <- own_columns %*% beta; other <- control_columns %*% beta; mu <- own
  for (i in which(arm > 1 & last < m)) {  # the reference arm, and who stayed, are missing at random
    after <- seq_len(m) > last[i]; s <- last[i]
    if (strategy == "JR") mu[i, after] <- other[i, after]
    if (strategy == "CR") mu[i, ] <- other[i, ]
    if (strategy == "CIR")
      mu[i, after] <- if (s == 0) other[i, after] else own[i, s] + other[i, after] - other[i, s]
    if (strategy == "LMCF" && s > 0) mu[i, after] <- own[i, s]
  }
  mu
}
filled <- function(mu, sigma) {
  done <- Y
  for (i in which(rowSums(is.na(Y)) > 0)) {
    u <- is.na(Y[i, ]); s <- !u
    done[i, u] <- mu[i, u]
    if (any(s)) done[i, u] <- mu[i, u] +
      sigma[u, s, drop = FALSE] %*% solve(sigma[s, s, drop = FALSE], Y[i, s] - mu[i, s])
  }
  done
}
effects_of <- function(done, keep) {  # both contrasts with control at each visit, by lm
  unlist(lapply(1:m, function(v) coef(lm(done[keep, v] ~ own_columns[keep, ] - 1))[2:3]), use.names = FALSE)
}

# --- Conditional means: estimates, jackknife, a shift of the imputed scores of retro ---
strategies <- c("MAR", "JR", "CR", "CIR", "LMCF"); shift <- 1.25
everybody <- reml(1:n)
fits <- lapply(1:n, function(i) reml(setdiff(1:n, i)))
answers <- function(fit, strategy, keep, by) {
  done <- filled(means_of(fit$beta, strategy), fit$sigma)
  effects_of(done + by * (is.na(Y) & arm == 2), keep)
}
jackknifed <- function(strategy, by, pick = identity) {
  found <- answers(pick(everybody), strategy, 1:n, by)
  left <- sapply(1:n, function(i) answers(pick(fits[[i]]), strategy, setdiff(1:n, i), by))
  se <- sqrt((n - 1) / n * rowSums((left - rowMeans(left))^2))
  data.frame(strategy = strategy, delta = by, visit = rep(1:m, each = 2), arm = rep(2:3, m),
             estimate = found, se = se, lower = found - qnorm(0.975) * se,
             upper = found + qnorm(0.975) * se, p = 2 * pnorm(-abs(found / se)))
}
rows <- do.call(rbind, lapply(strategies, function(s) rbind(jackknifed(s, 0), jackknifed(s, shift))))
rough <- do.call(rbind, lapply(strategies, function(s) jackknifed(s, 0, function(fit) fit$gls)))

# --- Draws: data sets that are given, analysed and pooled ---
set.seed(1, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
base <- filled(means_of(everybody$beta, "JR"), everybody$sigma); gone <- is.na(Y[, m])
draws <- t(replicate(7, round(base[gone, m] + rnorm(sum(gone), 0, 0.8), 3)))
pooled <- do.call(rbind, lapply(c(0, shift), function(by) {
  each <- apply(draws, 1, function(drawn) {
    y <- Y[, m]; y[gone] <- drawn; y <- y + by * (gone & arm == 2)
    fit <- lm(y ~ own_columns - 1)
    c(coef(fit)[2], sqrt(vcov(fit)[2, 2]), df.residual(fit))
  })
  found <- pool.scalar(each[1, ], each[2, ]^2, n = n, k = 5)
  data.frame(delta = by, estimate = found$qbar, se = sqrt(found$t), df = found$df,
             within = found$ubar, between = found$b, riv = found$r, fmi = found$fmi)
}))

gwrite(list(
  beta = everybody$beta, sigma = everybody$sigma, loglik = everybody$loglik,
  gls = list(loglik = everybody$gls$loglik, sigma = everybody$gls$sigma),
  completed = sapply(strategies, function(s) filled(means_of(everybody$beta, s), everybody$sigma)[is.na(Y)], simplify = FALSE),
  conditional = rows, by_gls_alone = rough, draws = draws, pooled = pooled
), "ref.json", c("nlme", "mice", "jsonlite"))
