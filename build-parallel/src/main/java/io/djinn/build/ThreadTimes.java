package io.djinn.build;

/**
 * What a thread has used since it began to work for a build.
 *
 * @param userSeconds processor time in the program's own code, as finely as the system counts it
 * @param systemSeconds processor time in the system
 * @param elapsedSeconds by the clock
 */
public record ThreadTimes(double userSeconds, double systemSeconds, double elapsedSeconds) {}
