# Makes data.csv: an invented trial of three arms, four visits, with every kind of gap.
# Run in this folder: Rscript make_input.R
set.seed(2026, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
n <- 54; m <- 4
arm <- rep(c("control", "retro", "forward"), length.out = n)
baseline <- round(rnorm(n, 6, 1.2), 1)
man <- rep(c(0, 1, 1, 0, 1), length.out = n)
effect <- outer(c(control = 0, retro = 0.5, forward = 0.2)[arm], 1:m)
spread <- chol(0.6 + diag(c(0.5, 0.7, 0.6, 0.9)))
y <- 1.5 + 0.6 * baseline - 0.3 * man - effect + matrix(rnorm(n * m), n) %*% spread
y <- round(y, 2)
# Who leaves, the last visit seen (0: never seen after baseline).
last <- rep(m, n)
last[c(4, 5, 6, 11, 17, 20, 24, 28, 32, 33)] <- c(3, 2, 1, 3, 2, 3, 2, 1, 3, 2)
last[c(35, 41, 44, 45, 49, 51)] <- c(1, 3, 3, 3, 2, 1)
last[c(14, 30)] <- 0
for (i in seq_len(n)) if (last[i] < m) y[i, (last[i] + 1):m] <- NA
# Gaps between visits seen: of those who stayed, and of those who left later.
y[c(2, 9), 2] <- NA; y[c(3, 8), 1] <- NA; y[12, 2:3] <- NA; y[c(15, 16), 3] <- NA
y[c(11, 44), 2] <- NA; y[c(20, 41), 1] <- NA; y[17, 1] <- NA; y[45, 1:2] <- NA
data <- data.frame(id = seq_len(n), arm = arm, baseline = baseline, man = man, y)
names(data)[5:8] <- paste0("week", c(2, 4, 8, 12))
write.csv(data, "data.csv", row.names = FALSE, quote = FALSE, na = "")
