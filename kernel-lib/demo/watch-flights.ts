import {
  checkQuality,
  dataProfile,
  driftReport,
  estimatePerformance,
  linearShap,
  suggestExpectations,
  type Project,
  type Run,
} from "../index";
import { evaluate } from "./evaluate";
import { flightColumns, loadFlights, splitOf, type Flight } from "./flights";
import { tableOf } from "./split";
import { trainLogistic, type TrainedLogistic } from "./train";

export const flightModel = "late-flights";
const classes = ["on time", "late"];
const months = ["January", "February", "March", "April", "May", "June"];
/** The months the model is trained on; it is watched in those after. */
const winter = 2;

/** Features as they were when the model was asked, with what tells flights apart. */
function featuresOf(flights: readonly Flight[]) {
  const column = <Name extends keyof Flight>(name: Name) => flights.map((flight) => flight[name]);
  return {
    requestId: column("id"),
    date: column("date"),
    origin: column("origin"),
    destination: column("destination"),
    ...Object.fromEntries(flightColumns.map((name) => [name, column(name)])),
  };
}

/** Logs what the model saw and said of some flights, and what became of them. */
async function logFlights(
  run: Run,
  model: TrainedLogistic,
  flights: readonly Flight[],
): Promise<void> {
  const split = splitOf(flights);
  const { yPred, yScore, metrics } = await evaluate(model.onnx, split);
  run.logMetrics(metrics);
  const { requestId, labels } = split;
  await run.logFeatures(featuresOf(flights));
  await run.logPredictions({ requestId, yPred, yScore, yTrue: labels });
}

/** Mean of the SHAP values' magnitudes: what each feature weighs in the model. */
function importanceOf(model: TrainedLogistic, flights: readonly Flight[]): Record<string, number> {
  const { shapValues } = linearShap(splitOf(flights).rows, model);
  const width = flightColumns.length;
  return Object.fromEntries(
    flightColumns.map((name, c) => {
      let sum = 0;
      for (let i = c; i < shapValues.length; i += width) sum += Math.abs(shapValues[i] ?? 0);
      return [name, sum / flights.length];
    }),
  );
}

/** How many runs `watchFlights` logs. */
export const watchedRuns = 1 + months.length - winter;

/** What was predicted of the flights of some runs, in the order of time. */
function predictionsOf(project: Project, runIds: readonly string[]) {
  const list = runIds.map((id) => `'${id}'`).join(", ");
  return project.source({
    sql: `select f.date, p.y_true, p.y_pred, p.y_score
      from predictions() p join features() f using (run_id, request_id)
      where run_id in (${list}) order by f.date`,
  });
}

const byWeek = { by: "period", column: "date", period: "week" } as const;

/**
 * A model in production and what becomes of its data: whether a flight will be late, trained on every second flight
 * of January and February 2001, held against the others, and watched month by month, until spring has changed what it
 * sees.
 */
export async function watchFlights(project: Project, begin: (name: string) => void): Promise<void> {
  begin("late flights, winter");
  const flights = await loadFlights(project);
  const monthOf = ({ date }: Flight) => date.getUTCMonth();
  const known = flights.filter((flight) => monthOf(flight) < winter);
  const [train, held] = [0, 1].map((half) => known.filter((_, i) => i % 2 === half));
  if (!train || !held) return;
  const params = { numSteps: 50, learningRate: 1e-4 };
  const training = project.startRun({
    experiment: "late-flights",
    name: "winter 2001",
    params: { ...params, train_rows: train.length },
    tags: { data: "us-flights-2001" },
  });
  const model = trainLogistic(splitOf(train), params, classes);
  await logFlights(training, model, held);
  await training.end();
  const reference = project.source({ runId: training.id, kind: "features" });
  const { number } = await project.registry.register(flightModel, model.onnx, {
    runId: training.id,
    input: [{ name: "input", shape: [-1, flightColumns.length], columns: [...flightColumns] }],
    sample: splitOf(held.slice(0, 3)).rows,
    profile: await dataProfile(reference),
    background: tableOf(flightColumns, splitOf(train.slice(0, 100)).rows),
    note: "Trained on January and February 2001.",
  });
  await project.registry.promote(flightModel, number, "production", {
    reason: "first model of late flights",
  });
  const importance = importanceOf(model, held);
  const features = [...flightColumns, "origin", "destination"];
  const expectations = await suggestExpectations(reference);
  const watched: string[] = [];
  for (const [month, monthName] of months.entries()) {
    if (month < winter) continue;
    begin(`flights of ${monthName}`);
    const name = `${monthName} 2001`;
    const run = project.startRun({
      experiment: "monitoring",
      name,
      tags: { model: `${flightModel}@${number}` },
    });
    const ofMonth = flights.filter((flight) => monthOf(flight) === month);
    await logFlights(run, model, ofMonth);
    watched.push(run.id);
    const current = project.source({ runId: run.id, kind: "features" });
    const performance = await estimatePerformance(
      predictionsOf(project, [training.id]),
      predictionsOf(project, watched),
      {
        name: `${flightModel} until ${name}`,
        problem: "binary",
        yTrue: "y_true",
        yPred: "y_pred",
        yScore: "y_score",
        metrics: ["roc_auc", "accuracy"],
        chunking: byWeek,
      },
    );
    run.logReport(performance);
    run.logReport(
      await driftReport(reference, current, {
        name: `${flightModel} in ${name}`,
        features,
        importance,
        performance,
        overTime: byWeek,
      }),
    );
    run.logReport(await checkQuality(current, expectations, { name: `${flightModel} in ${name}` }));
    await run.end();
  }
}
