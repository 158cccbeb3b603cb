/** A value that is here already or will be: what a function gives that works with sync and async ports alike. */
export type Awaitable<T> = T | Promise<T>;

/** Goes on with a value at once when it is here, later when it is promised: a sync port keeps the whole path sync. */
export function andThen<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
