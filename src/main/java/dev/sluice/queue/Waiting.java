package dev.sluice.queue;

import java.util.concurrent.CompletableFuture;

/**
 * A request that waits for its answer.
 *
 * @param since {@link System#nanoTime} when it came
 */
record Waiting<Q, A>(Q request, CompletableFuture<A> answer, long since) {
  Waiting(Q request) {
    this(request, new CompletableFuture<>(), System.nanoTime());
  }
}
