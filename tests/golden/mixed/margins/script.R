# Reference grids, adjusted comparisons and type III tests on the data of ../trial3: run in this folder, writes results.json.
# Linear models suffice: the rows of a grid and the hypothesis of a term do not depend on the covariance.
source("../common.R"); suppressPackageStartupMessages({library(emmeans); library(car); library(mvtnorm)})
d <- read.csv("../trial3/data.csv"); d$arm <- factor(d$arm, levels=c("control","forward","retro")); d$sex <- factor(d$sex); d$visit <- factor(d$week)
d <- d[!is.na(d$womac),]
res <- list(grids=list(), type3=list(), adjust=list(), dunnett=list())
grid <- function(name, f, spec, ...) { m <- lm(as.formula(f), d); e <- suppressMessages(emmeans(m, spec, ...)); L <- mat(e@linfct)
  res$grids[[name]] <<- list(formula=f, linfct=L, levels=lapply(as.list(e@grid[names(e@levels)]), as.character)) }
main <- "womac ~ womac_bl + age + sex + arm * visit"
grid("arm by visit", main, ~ arm | visit)
grid("arm", main, ~ arm)
grid("arm and sex at age 60", main, ~ arm:sex, at=list(age=60))
grid("arm proportional", main, ~ arm, weights="proportional")
grid("sex proportional", "womac ~ age + sex * arm * visit", ~ sex, weights="proportional")
grid("arm by sex proportional", "womac ~ age + sex * arm * visit", ~ arm | sex, weights="proportional")
grid("arm at visits 3 and 6", main, ~ arm, at=list(visit=c("3","6")))
grid("squares at the mean", "womac ~ age + I(age^2) + arm * sex", ~ arm)
grid("arm by week", "womac ~ age + arm * week", ~ arm | week, at=list(week=c(0,3,6)))
grid("logs", "womac ~ log(womac_bl) + arm", ~ arm)
grid("no intercept", "womac ~ 0 + visit + visit:arm + age", ~ arm | visit)
type3 <- function(f, ...) { dd <- d; contrasts(dd$arm) <- contr.sum(3); contrasts(dd$sex) <- contr.sum(2); contrasts(dd$visit) <- contr.sum(3)
  a <- as.data.frame(car::Anova(lm(as.formula(f), dd), type=3)); res$type3[[f]] <<- lapply(setNames(seq_len(nrow(a)), rownames(a)), function(i) list(df=a[i,"Df"], F=a[i,"F value"], p=a[i,"Pr(>F)"])) }
for (f in c(main, "womac ~ age + sex * arm * visit", "womac ~ arm * age + sex", "womac ~ age * arm * visit", "womac ~ 0 + visit + visit:arm + age", "womac ~ arm + arm:visit", "womac ~ sex + age:arm", "womac ~ I(age - 58) * arm + I((age - 58)^2) + visit")) type3(f)
# Residual degrees of freedom, comparisons of one family; "mvt" is exact up to its stated error.
m <- lm(as.formula(main), d); e <- emmeans(m, ~ arm | visit); set.seed(1955)
for (a in c("none","tukey","holm","bonferroni")) res$adjust[[paste("pairs", a)]] <- emm_df(pairs(e, reverse=TRUE), adjust=a)
res$adjust[["control holm"]] <- emm_df(contrast(e, "trt.vs.ctrl", ref=1), adjust="holm")
# Two-sided tails and 95 % points of Dunnett's distribution by mvtnorm, with its own error bound.
dun <- function(name, R, df, x) { p <- if (is.finite(df)) pmvt(rep(-x,nrow(R)), rep(x,nrow(R)), df=df, corr=R, algorithm=GenzBretz(abseps=1e-8, maxpts=5e6)) else pmvnorm(rep(-x,nrow(R)), rep(x,nrow(R)), corr=R, algorithm=GenzBretz(abseps=1e-8, maxpts=5e6))
  res$dunnett[[name]] <<- list(correlation=mat(R)$values, df=if (is.finite(df)) df else NULL, critical=x, tail=1-as.numeric(p), error=attr(p,"error")) }
for (k in c(2,3,5)) for (df in c(5,20,Inf)) { R <- matrix(.5,k,k); diag(R) <- 1; dun(paste("balanced",k,df), R, df, 2.5) }
n <- c(30,10,20,14); b <- sqrt(n/(n+12)); R <- outer(b,b); diag(R) <- 1; dun("unequal groups", R, 24, 2.2)
R <- matrix(c(1,.52,.44,.31,.52,1,.49,.33,.44,.49,1,.42,.31,.33,.42,1),4); dun("four with covariates", R, 20, 2.5); dun("four with covariates, normal", R, Inf, 3)
R <- matrix(c(1,.5,-.5,.5,1,.5,-.5,.5,1)*.9,3); diag(R) <- 1; dun("signs that no products have", R, 15, 2.4)
res$programs <- list(car=as.character(packageVersion("car")), mvtnorm=as.character(packageVersion("mvtnorm")))
wj(res, "results.json")
