export { AssayerError, type ErrorCode } from "./errors";
export { openProject, type Project, type OpenProjectOptions, type RunDetail } from "./project";
export { findStore } from "./store/layout";
export { version } from "./version";

export type { BackgroundOptions, ChildRunOptions, Run, StartRunOptions } from "./tracking/run";
export type { ArtifactFile } from "./tracking/artifact-files";
export type { LogDatasetOptions } from "./tracking/datasets";
export type { LogMetricsOptions, MetricValues } from "./tracking/run-metrics";
export type { RunChange } from "./tracking/edit-runs";
export type { Explanations } from "./tracking/tables";
export type { StoredExplanation } from "./store/tables/explanation-table";
export type { ParamValue, RunSource, RunStatus, TableKind } from "./store/journal/events";
export type { ArrowTable, Columns, TableData } from "./store/tables/table-data";
export type { Experiment } from "./store/read/read-experiments";
export type { Artifact, LoggedTable, MetricSummary } from "./store/read/read-runs";
export type { IncludedRuns, RunSummary, SearchRunsOptions } from "./store/read/search-runs";
export type { RunColumn, RunColumnInfo, RunColumns } from "./store/read/search-columns";
export type { MetricHistoryOptions, MetricSeries } from "./store/read/sample-history";
export type {
  ComparedMetric,
  ComparedValue,
  CompareRunsOptions,
  RunComparison,
} from "./store/read/compare-runs";
export type { Direction } from "./store/read/metric-direction";
export type { BackupReport } from "./store/upkeep/backup";
export type { GarbageOptions, GarbageReport } from "./store/upkeep/collect-garbage";
export type { CompactReport } from "./store/upkeep/compact";
export type { DoctorOptions, DoctorReport, Finding } from "./store/upkeep/doctor";
export type { LongWork } from "./store/long-work";
export type { MergeConflict, MergeReport } from "./store/upkeep/merge";
export type { Durability } from "./store/journal/journal";
export type { Dataset } from "./store/read/read-datasets";
export type { ColumnProfile } from "./store/tables/dataset-profile";
export type { ColumnType, DatasetColumn } from "./store/tables/dataset-columns";
export type { SqlValue } from "./store/connection";
export type { ListReportsOptions, ReportInfo } from "./store/reports/list-reports";
export type { Report, ReportKind } from "./store/reports/report-file";
export type { ReportRowsOptions } from "./store/reports/report-rows";
export type { DataSource, SourceOrigin, SqlSource, StoredSource } from "./store/scan/data-source";
export type { ProjectTable } from "./store/scan/project-source";
export type { Watcher } from "./store/watch";

export type {
  Deployment,
  Model,
  ModelOptions,
  ModelVersion,
  PromoteOptions,
  RegisterOptions,
  Registry,
  StageTransition,
} from "./registry/registry";

export type { ImportanceRecord, VersionExplanation } from "./registry/version-explanation";
export type { VersionFairness } from "./registry/version-fairness";

export { mlCartToOnnx, treesFromMlCart } from "./onnx/from-ml-cart";
export { mlLogisticRegressionToOnnx } from "./onnx/from-ml-logistic-regression";
export { openSession, type InferOptions, type Session } from "./onnx/session";
export type { Datatype, GoldenSample, InferTensor, TensorSpec } from "./onnx/tensor";
export type { TypedTensor } from "./onnx/typed-tensor";
export type { TensorData } from "./onnx/convert";

export { Adwin, type AdwinOptions } from "./drift/streaming/adwin";
export { Ddm, type DdmOptions } from "./drift/streaming/ddm";
export type { SavedDetector, StreamingDetector } from "./drift/streaming/detector";
export { Eddm, type EddmOptions } from "./drift/streaming/eddm";
export { Kswin, type KswinOptions } from "./drift/streaming/kswin";
export { PageHinkley, type PageHinkleyOptions } from "./drift/streaming/page-hinkley";

export {
  estimatePerformance,
  type EstimatePerformanceOptions,
} from "./monitor/estimate-performance";
export type { EstimateLossOptions } from "./monitor/estimate-loss";
export type { RegressionMetricName } from "./drift/performance/regression-metrics";
export {
  domainClassifier,
  reconstructionError,
  type DomainClassifierOptions,
  type MultivariateResult,
  type ReconstructionErrorOptions,
} from "./monitor/multivariate";
export { driftTimeline, type DriftTimelineOptions } from "./monitor/drift-timeline";
export type { Chunking, ChunkingOfSides, IncompleteChunk, Period } from "./drift/timeline/chunks";
export type { Threshold } from "./drift/timeline/threshold";
export { cbpeMetricNames, type CbpeMetricName } from "./drift/performance/cbpe-metrics";
export { metricChangeOf } from "./drift/performance/metric-change";

export {
  linearShap,
  type LinearModel,
  type LinearShapOptions,
  type LinearShapValues,
} from "./explain/linear/linear-shap";
export {
  paramImportance,
  type ParamImportance,
  type ParamImportanceOptions,
  type ParamImportanceRun,
} from "./explain/param-importance";
export { andersonDarling } from "./stats/anderson-darling";
export { benjaminiHochberg } from "./stats/benjamini-hochberg";
export { binEdges, type BinRule } from "./stats/bin-edges";
export { bonferroni } from "./stats/bonferroni";
export { chiSquare } from "./stats/chi-square";
export { chiSquareContingency } from "./stats/chi-square-contingency";
export { cramerVonMises } from "./stats/cramer-von-mises";
export { energyDistance } from "./stats/energy-distance";
export { eppsSingleton } from "./stats/epps-singleton";
export { exponentialMovingAverage } from "./stats/exponential-moving-average";
export { fisherExact } from "./stats/fisher-exact";
export { gTest } from "./stats/g-test";
export { hellinger } from "./stats/hellinger";
export { histogram } from "./stats/histogram";
export { jensenShannon } from "./stats/jensen-shannon";
export { klDivergence } from "./stats/kl-divergence";
export { kolmogorovSmirnov } from "./stats/kolmogorov-smirnov";
export { lInfinity } from "./stats/l-infinity";
export { mannWhitney } from "./stats/mann-whitney";
export { maximumMeanDiscrepancy } from "./stats/maximum-mean-discrepancy";
export { pearson } from "./stats/pearson";
export { populationStabilityIndex } from "./stats/population-stability-index";
export { quantile } from "./stats/quantile";
export { sortedCopy } from "./stats/sorted-copy";
export { spearman } from "./stats/spearman";
export { tTest } from "./stats/t-test";
export type { TestResult } from "./stats/test-result";
export { totalVariation, totalVariationTest } from "./stats/total-variation";
export { twoProportionZ } from "./stats/two-proportion-z";
export { wasserstein } from "./stats/wasserstein";

export { driftMethod, driftMethods } from "./drift/methods/methods";
export { countsOf } from "./drift/methods/counts-of";
export type { DriftMethod, DriftScore } from "./drift/methods/drift-method";
export type { CategoricalSample, FeatureSample, NumericalSample } from "./drift/feature-sample";

export { metricCurves, type MetricCurve, type MetricCurvesOptions } from "./charts/metric-curves";
export {
  parallelCoordinates,
  type ParallelCoordinatesOptions,
} from "./charts/parallel-coordinates";
export {
  paramImportanceChart,
  type ParamImportanceChartOptions,
} from "./charts/param-importance-chart";
export type { ComparedRun, ChartColumn } from "./charts/chart-column";
export { runScatter, type RunScatterOptions } from "./charts/run-scatter";
export { correlationHeatmap, type CorrelationHeatmapOptions } from "./charts/correlation-heatmap";
export {
  distributionOverlay,
  type DistributionOverlayOptions,
} from "./charts/distribution-overlay";
export { driftRanking, type DriftRankingOptions } from "./charts/drift-ranking";
export { driftTimelineChart, type DriftTimelineChartOptions } from "./charts/drift-timeline-chart";
export { missingBars, type MissingBarsOptions } from "./charts/missing-bars";
export { movedCategories, type MovedCategoriesOptions } from "./charts/moved-categories";
export { sparkline, type Sparkline, type SparklineOptions } from "./charts/sparkline";
export type { VegaLiteSpec } from "./charts/spec";
export { renderSvg } from "./notebook/render";
export { reportHtml } from "./notebook/report-html";
export { show } from "./notebook/show";

export { startServer, type Server, type ServerOptions } from "./serving/server";
export { push, type PushOptions } from "./deploy/push";
export { startEdge, type EdgeOptions } from "./deploy/edge";

export { importMlflow, type ImportMlflowOptions } from "./exchange/import-mlflow";
export type { ImportCounts, ImportReport, NotBrought } from "./exchange/import-target";
export { importCsv, type ImportCsvOptions } from "./exchange/import-csv";
export { importWandb, type ImportWandbOptions } from "./exchange/import-wandb";
export {
  exportParquet,
  type ExportParquetOptions,
  type ExportParquetReport,
} from "./exchange/export-parquet";
export { exportToMlflow, type ExportToMlflowOptions } from "./exchange/export-mlflow";
export type { ExportToMlflowReport } from "./exchange/export-work";
export type { MlflowChange } from "./exchange/mlflow-limits";

export { driftReport, type DriftReportOptions } from "./monitor/drift-report";
export type {
  DriftReport,
  DriftVerdict,
  EffectSize,
  FeatureDistribution,
  FeatureDrift,
  FeatureSummary,
  FeatureType,
  MetricChange,
  MovedCategory,
  MultivariateDrift,
  ReportSide,
} from "./drift/report";
export type { PerformanceReport } from "./drift/performance-report";
export type { DriftTimeline, TimelineChunk } from "./drift/timeline";
export { checkQuality, failingRows, type CheckQualityOptions } from "./monitor/check-quality";
export { suggestExpectations } from "./monitor/suggest-expectations";
export { parseExpectations } from "./quality/parse-expectations";
export type { Expectation } from "./quality/expectation";
export type {
  ColumnQuality,
  DataSummary,
  ExpectationResult,
  QualityReport,
  Severity,
} from "./quality/quality-report";

export { dataProfile, type DataProfileOptions } from "./monitor/data-profile";
export { ProfileBuilder } from "./monitor/profile-builder";
export {
  DataProfile,
  mergeProfiles,
  type FeatureFigures,
  type ProfileSummary,
} from "./drift/profile/data-profile";
export { decodeProfile, encodeProfile } from "./drift/profile/encode-profile";
export type { FeatureProfile, ProfiledType } from "./drift/profile/feature-profile";

export type {
  Better,
  BinaryCounts,
  CountMetric,
  Denominator,
  Labels,
  Metric,
  ScoreMetric,
  ValueMetric,
} from "./evaluate/metric";
export type {
  ConstraintName,
  ConstraintResult,
  FairnessConstraint,
  FairnessVerdict,
} from "./fairness/constraint";
export type { DecisionRule, GroupRule, GroupSteps } from "./fairness/decision-rule";
export type { Comparison, Figure, IntervalMethod } from "./fairness/figure";
export type {
  Disparity,
  ErrorNode,
  FairnessGroup,
  FairnessGrouping,
  FairnessMetricInfo,
  FairnessReport,
  FairnessSlice,
  GroupScores,
  SliceCondition,
} from "./fairness/report";

export { applyRule, type DecisionInputs } from "./fairness/apply-rule";
export {
  exploreThresholds,
  type ScoreCounts,
  type ThresholdChoice,
  type ThresholdFigures,
  type ThresholdOutcome,
} from "./fairness/explore-thresholds";
export { requestNumber } from "./fairness/request-number";
export {
  ThresholdExplorer,
  type ThinOptions,
  type ThresholdExplorerInputs,
} from "./fairness/threshold-explorer";
export { readDecisionRule } from "./onnx/decision-rule";
export type { GroupColumns, GroupInput } from "./onnx/rule-groups";
export { decisionRuleToOnnx, type DecisionRuleOptions } from "./onnx/write-decision-rule";
export { conditionWords } from "./fairness/slices/condition-words";
export { errorTree, type ErrorTreeOptions } from "./fairness/slices/error-tree";
export { findSlices, type FindSlicesOptions } from "./fairness/slices/find-slices";
export { judgeFairness, type FairnessEvidence } from "./fairness/verdict/judge-fairness";
export {
  countDisparity,
  figureDisparity,
  type DisparityOptions,
} from "./fairness/intervals/disparity";
export type { CountEvidence } from "./fairness/intervals/count-estimate";
export { ControlGroup, MetricFrame, metricFrame } from "./fairness/metric-frame";
export { GroupComparison } from "./fairness/frame/group-comparison";
export type { FrameGroup } from "./fairness/frame/frame-group";
export type { FrameInterval, MetricFrameInput, MetricFunction } from "./fairness/frame/frame-input";
export { accuracy, hammingLoss, zeroOneLoss, type RowOptions } from "./evaluate/accuracy";
export {
  balancedAccuracy,
  cohenKappa,
  matthewsCorrelation,
  type AgreementOptions,
  type BalancedAccuracyOptions,
  type CohenKappaOptions,
} from "./evaluate/agreement";
export { averagePrecision, type AveragePrecisionOptions } from "./evaluate/average-precision";
export type { Label } from "./evaluate/binary-codes";
export { binaryCounts, type BinaryCountsOptions } from "./evaluate/binary-counts";
export { brierScore, type BrierScoreOptions } from "./evaluate/brier-score";
export {
  calibrationCurve,
  expectedCalibrationError,
  maximumCalibrationError,
  type CalibrationCurve,
  type CalibrationOptions,
} from "./evaluate/calibration-curve";
export type {
  Average,
  ClassMetric,
  ClassMetricOptions,
  PerLabelOptions,
} from "./evaluate/class-metric";
export type { ScoreAverage, Scores } from "./evaluate/class-scores";
export {
  classificationReport,
  type ClassificationFigures,
  type ClassificationReport,
  type ClassificationReportOptions,
} from "./evaluate/classification-report";
export {
  confusionMatrix,
  type ConfusionMatrix,
  type ConfusionMatrixOptions,
} from "./evaluate/confusion-matrix";
export { countMetrics, type CountMetricName } from "./evaluate/count-metrics";
export { f1, fBeta } from "./evaluate/f-beta";
export { jaccard } from "./evaluate/jaccard";
export type { ClassLabels, LabelRows } from "./evaluate/label-counts";
export { liftCurve, type LiftCurve } from "./evaluate/lift-curve";
export { logLoss, type LogLossOptions } from "./evaluate/log-loss";
export { mae } from "./evaluate/mae";
export { mape } from "./evaluate/mape";
export { maxError } from "./evaluate/max-error";
export { meanError } from "./evaluate/mean-error";
export type { RegressionOptions } from "./evaluate/mean-loss";
export { meanPrediction } from "./evaluate/mean-prediction";
export { medianAbsoluteError } from "./evaluate/median-absolute-error";
export { mse, rmse } from "./evaluate/mse";
export { msle, rmsle } from "./evaluate/msle";
export { metric, metricNames, type MetricName } from "./evaluate/named-metric";
export { pinballLoss, type PinballLossOptions } from "./evaluate/pinball-loss";
export { precision } from "./evaluate/precision";
export { precisionRecallCurve, type PrecisionRecallCurve } from "./evaluate/precision-recall-curve";
export { explainedVariance, r2 } from "./evaluate/r2";
export { recall } from "./evaluate/recall";
export { rocAuc, type RocAucOptions } from "./evaluate/roc-auc";
export { rocCurve, type CurveOptions, type RocCurve } from "./evaluate/roc-curve";
export { scoreMetrics, type ScoreMetricName } from "./evaluate/score-metrics";
export type { ScoreOptions } from "./evaluate/score-rows";
export { specificity } from "./evaluate/specificity";
export { valueMetrics, type ValueMetricName } from "./evaluate/value-metrics";
export {
  demographicParityDifference,
  demographicParityRatio,
  type GroupedLabels,
} from "./fairness/demographic-parity";
export { equalOpportunityDifference, equalOpportunityRatio } from "./fairness/equal-opportunity";
export {
  equalizedOddsDifference,
  equalizedOddsRatio,
  type EqualizedOddsInput,
} from "./fairness/equalized-odds";
export type { PrivilegedInput } from "./fairness/privileged-groups";
export {
  averageAbsOddsDifference,
  averageOddsDifference,
  averagePredictiveValueDifference,
  disparateImpact,
  errorRateDifference,
  errorRateRatio,
  falseDiscoveryRateDifference,
  falseDiscoveryRateRatio,
  falseOmissionRateDifference,
  falseOmissionRateRatio,
  predictiveParityDifference,
  statisticalParityDifference,
} from "./fairness/privileged-metrics";
export {
  generalizedEntropyIndex,
  theilIndex,
  type EntropyInput,
} from "./fairness/generalized-entropy";
export { consistency } from "./fairness/consistency";
export {
  calibrationByGroup,
  type CalibrationByGroupInput,
  type GroupCalibration,
} from "./fairness/calibration-by-group";

export { fairnessReport, type FairnessReportOptions } from "./monitor/fairness-report";
export type { FairnessColumns, JoinedSource } from "./monitor/read-fairness";

export {
  calibratedEqualizedOdds,
  type CalibratedEqualizedOdds,
  type CalibratedEqualizedOddsOptions,
} from "./fairness/mitigation/calibrated-equalized-odds";
export {
  CorrelationRemover,
  type CorrelationRemoverState,
} from "./fairness/mitigation/correlation-remover";
export {
  DisparateImpactRemover,
  type DisparateImpactRemoverState,
} from "./fairness/mitigation/disparate-impact-remover";
export { explainRule } from "./fairness/mitigation/explain-rule";
export type {
  Predictor,
  Trainer,
} from "./fairness/mitigation/exponentiated-gradient/best-responses";
export {
  exponentiatedGradient,
  RandomizedClassifier,
  type ExponentiatedGradient,
  type ExponentiatedGradientOptions,
} from "./fairness/mitigation/exponentiated-gradient/exponentiated-gradient";
export {
  gridSearch,
  type GridSearch,
  type GridSearchOptions,
} from "./fairness/mitigation/exponentiated-gradient/grid-search";
export type { ReductionConstraint } from "./fairness/mitigation/exponentiated-gradient/moments";
export {
  fairnessTradeoff,
  type FairnessTradeoff,
  type FairnessTradeoffOptions,
  type TradeoffPoint,
} from "./fairness/mitigation/fairness-tradeoff";
export type { ScoredRows } from "./fairness/mitigation/group-curves";
export {
  optimizeThresholds,
  type OptimizedThresholds,
  type OptimizeThresholdsOptions,
} from "./fairness/mitigation/optimize-thresholds";
export type { ParityConstraint, ParityObjective } from "./fairness/mitigation/parity";
export {
  rejectOption,
  type RejectOption,
  type RejectOptionMetric,
  type RejectOptionOptions,
} from "./fairness/mitigation/reject-option";
export { reweighing } from "./fairness/mitigation/reweighing";
export {
  ruleOutcome,
  type GroupOutcome,
  type RuleOutcome,
} from "./fairness/mitigation/rule-outcome";

export { dataColumns, type DataColumn } from "./monitor/data-columns";
export {
  errorTreeChart,
  errorTreeLines,
  type ErrorTreeChartOptions,
  type ErrorTreeLine,
} from "./charts/error-tree-chart";
export { groupCalibration, type GroupCalibrationOptions } from "./charts/group-calibration";
export { groupDotPlot, type GroupDotPlotOptions } from "./charts/group-dot-plot";
export { groupRoc, type GroupRocOptions } from "./charts/group-roc";
export { sliceBars, type SliceBarsOptions } from "./charts/slice-bars";
export { thresholdCurves, type ThresholdCurvesOptions } from "./charts/threshold-curves";
export {
  tradeoffCurve,
  type TradeoffCurveOptions,
  type TradeoffCurvePoint,
} from "./charts/tradeoff-curve";

export { ensembleCovers } from "./explain/tree/ensemble-covers";
export { ParallelTreeShap } from "./explainers/workers/parallel-tree-shap";
export { predictEnsemble } from "./explain/tree/predict-ensemble";
export {
  treeShap,
  TreeShapEngine,
  type FeatureRows,
  type TreeShapModel,
  type TreeShapRequest,
  type TreeShapValues,
} from "./explain/tree/tree-shap";
export { branchModes, type BranchMode, type TreeEnsemble } from "./explain/tree-ensemble";
export { explanationImportance } from "./explain/importance/explanation-importance";
export {
  compareExplanations,
  type ExplanationComparison,
  type GlobalImportance,
  type ImportanceChange,
} from "./explain/importance/compare-explanations";
export type { Background, RowMatrix } from "./explain/row-matrix";
export type { AnyModelOptions, AnyModelShap, StopOptions } from "./explain/any-model/masked-model";
export { exactShap } from "./explain/any-model/exact-shap";
export { kernelShap, type KernelShapOptions } from "./explain/any-model/kernel-shap";
export { permutationShap } from "./explain/any-model/permutation-shap";
export { samplingShap } from "./explain/any-model/sampling-shap";
export type {
  CellValue,
  ExplainedOutput,
  Explanation,
  ExplanationMethod,
} from "./explain/explanation";
export type {
  ColumnImportance,
  ExplainedRow,
  ExplanationReport,
} from "./explain/explanation-report";

export type {
  ExplainableModel,
  LinearCore,
  ModelColumn,
  PostTransform,
  TreeCore,
} from "./explain/explainable-model";
export { readExplainable } from "./onnx/explainable/read-explainable";
export { withoutZipMap } from "./onnx/without-zip-map";
export type { BoosterModel, BoosterOptions } from "./onnx/boosters/booster-model";
export { lightgbmToOnnx } from "./onnx/boosters/lightgbm";
export { xgboostToOnnx } from "./onnx/boosters/xgboost";
export { beeswarm, type BeeswarmOptions } from "./charts/beeswarm";
export { decisionPlot, type DecisionPlotOptions } from "./charts/decision-plot";
export { dependenceScatter, type DependenceScatterOptions } from "./charts/dependence-scatter";
export type { Explained } from "./charts/explained";
export {
  explanationComparison,
  type ExplanationComparisonOptions,
} from "./charts/explanation-comparison";
export { explanationHeatmap, type ExplanationHeatmapOptions } from "./charts/explanation-heatmap";
export { forceBar, type ForceBarOptions } from "./charts/force-bar";
export { groupDifference, type GroupDifferenceOptions } from "./charts/group-difference";
export { importanceBars, type ImportanceBarsOptions } from "./charts/importance-bars";
export {
  partialDependenceChart,
  type DependenceCurve,
  type PartialDependenceChartOptions,
} from "./charts/partial-dependence-chart";
export { waterfall, type WaterfallOptions } from "./charts/waterfall";
export { explainRow, type ExplainRowOptions, type RowExplanation } from "./explainers/explain-row";
export { explanationReport, type ExplanationReportOptions } from "./explainers/explanation-report";
export type { DataExplainerOptions, ExplainedVersion } from "./explainers/open-on-data";
export {
  openExplainer,
  type ExplainedMatrix,
  type ExplainOptions,
  type Explainer,
  type OpenExplainerOptions,
} from "./explainers/open-explainer";
export type { ExplainedData } from "./explainers/model-rows";
export type {
  ColumnLimits,
  CounterfactualWish,
  RowCounterfactual,
  RowCounterfactuals,
} from "./explainers/row-counterfactuals";
export {
  counterfactuals,
  type Counterfactual,
  type CounterfactualOptions,
  type Counterfactuals,
  type ValueChange,
} from "./explain/counterfactuals/counterfactuals";
export type { CounterfactualColumn } from "./explain/counterfactuals/counterfactual-column";
export type { CounterfactualGoal } from "./explain/counterfactuals/goal";
export type { EffectCurve, EffectOptions } from "./explain/effects/effect-options";
export type { GridOptions } from "./explain/effects/effect-grid";
export {
  individualConditionalExpectation,
  partialDependence,
  type ConditionalExpectation,
  type PartialDependence,
} from "./explain/effects/partial-dependence";
export {
  accumulatedLocalEffects,
  type AccumulatedLocalEffects,
} from "./explain/effects/accumulated-local-effects";
export {
  permutationImportance,
  type PermutationImportance,
  type PermutationImportanceOptions,
} from "./explain/effects/permutation-importance";
export {
  limeTable,
  type LimeExplanation,
  type LimeOptions,
  type LimeWeight,
} from "./explain/lime/lime-table";
export { summariseBackground } from "./explain/any-model/summarise-background";
