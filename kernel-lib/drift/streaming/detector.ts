/** Looks at a stream value by value, and says when what it sees has changed. */
export interface StreamingDetector {
  /** Whether the last update found a change. The update after that starts anew. */
  readonly driftDetected: boolean;
  /**
   * Takes in one value.
   *
   * @returns `driftDetected`
   * @throws AssayerError "invalid-argument" for a value it cannot take; the detector is then as it was
   */
  update(value: number): boolean;
  /** Forgets all values. */
  reset(): void;
  /** Plain JSON, from which the class's `fromJSON` makes a detector that goes on exactly as this one. */
  toJSON(): SavedDetector;
}

/** A detector as it is kept. */
export interface SavedDetector<Options = object, State = object> {
  detector: string;
  /** Of this structure. */
  format: 1;
  options: Options;
  state: State;
}
