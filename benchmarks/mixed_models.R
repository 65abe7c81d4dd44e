# The worker for R programs: the same protocol as _contenders.py, one line in, one line out.
# The clock runs over the fit and over reading out the coefficient table.
options(warn = 1)
tables <- new.env()

read <- function(job) {
  if (is.null(tables[[job$path]])) {
    d <- read.csv(job$path, stringsAsFactors = TRUE)
    d[[job$subject]] <- factor(d[[job$subject]])
    tables[[job$path]] <- d
  }
  tables[[job$path]]
}
mixed <- function(job) as.formula(sprintf("%s + (%s | %s)", job$fixed, job$random, job$subject))

fits <- list(
  lme4 = list("lme4", function(job, d) {
    m <- lme4::lmer(mixed(job), d)
    list(m, coef(summary(m)))
  }),
  lme = list("nlme", function(job, d) {
    m <- nlme::lme(as.formula(job$fixed), d, as.formula(sprintf("~ %s | %s", job$random, job$subject)))
    list(m, summary(m)$tTable)
  }),
  lmerTest = list("lmerTest", function(job, d) {
    m <- lmerTest::lmer(mixed(job), d)
    list(m, coef(summary(m)))
  }),
  "lmerTest-kr" = list(c("lmerTest", "pbkrtest"), function(job, d) {
    m <- lmerTest::lmer(mixed(job), d)
    list(m, coef(summary(m, ddf = "Kenward-Roger")))
  }),
  gls = list("nlme", function(job, d) {
    d$position <- as.integer(d[[job$visit]])
    m <- nlme::gls(as.formula(job$fixed), d,
      correlation = nlme::corSymm(form = as.formula(sprintf("~ position | %s", job$subject))),
      weights = nlme::varIdent(form = as.formula(sprintf("~ 1 | %s", job$visit))))
    list(m, summary(m)$tTable)
  }),
  mmrm = list("mmrm", function(job, d) {
    f <- as.formula(sprintf("%s + us(%s | %s)", job$fixed, job$visit, job$subject))
    m <- mmrm::mmrm(f, d, method = "Kenward-Roger")
    list(m, coef(summary(m)))
  })
)

note <- function(m) {
  if (!inherits(m, "merMod")) return("")
  said <- unlist(m@optinfo$conv$lme4$messages)
  paste(unique(substr(said, 1, 80)), collapse = "; ")
}
measure <- function(job) {
  entry <- fits[[job$contender]]
  for (package in entry[[1]]) if (!requireNamespace(package, quietly = TRUE)) return(c("missing", package))
  d <- read(job)
  invisible(gc())
  times <- numeric()
  while (sum(times) < job$seconds || length(times) == 0) {
    start <- as.numeric(Sys.time())
    result <- suppressMessages(suppressWarnings(entry[[2]](job, d)))
    times <- c(times, as.numeric(Sys.time()) - start)
  }
  m <- result[[1]]
  loglik <- as.numeric(logLik(m))
  c("ok", sprintf("%.9g", median(times)), length(times), sprintf("%.12g", loglik), note(m))
}
versions <- function() {
  packages <- c("lme4", "nlme", "lmerTest", "pbkrtest", "mmrm")
  found <- sapply(packages, function(p) paste(p, tryCatch(as.character(packageVersion(p)), error = function(e) "not installed")))
  blas <- basename(extSoftVersion()["BLAS"])
  paste(c(paste0("R ", R.version$major, ".", R.version$minor), found, paste("R's BLAS", blas)), collapse = ", ")
}
answer <- function(line) {
  if (line == "versions") return(c("ok", versions()))
  field <- strsplit(line, "\t", fixed = TRUE)[[1]]
  job <- as.list(setNames(field, c("contender", "path", "fixed", "random", "subject", "visit", "seconds")))
  job$seconds <- as.numeric(job$seconds)
  measure(job)
}

input <- file("stdin", "r")
while (length(line <- readLines(input, n = 1)) > 0) {
  said <- tryCatch(answer(line), error = function(e) c("error", conditionMessage(e)))
  cat(gsub("[[:space:]]+", " ", said), sep = "\t")
  cat("\n")
  flush(stdout())
}
