import type { Note, OthersNote, RunNotes } from "../../provider/src/lifecycle/run-notes";
import { mayBeSame, type Place } from "../../provider/src/lifecycle/place";

/** Notes of the processes of one engine command, for providers that run in this process. */
export class SharedNotes {
  readonly #all: { place: Place; note: OthersNote }[] = [];

  /** The notes as one of the processes sees them. */
  of(process: number): RunNotes {
    return {
      add: (place: Place, note: Note) => {
        this.#all.push({ place, note: { ...note, process, cloud: place.cloud } });
      },
      about: (place: Place) =>
        this.#all
          .filter((one) => one.note.process !== process && mayBeSame(one.place, place))
          .map(({ note }) => note),
    };
  }
}
