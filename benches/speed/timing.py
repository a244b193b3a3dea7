"""Medians, and running a program for its time or its output."""

import statistics
import subprocess
import time


def output(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def milliseconds(*command, any_code=False):
    begun = time.perf_counter()
    subprocess.run(command, check=not any_code, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - begun) * 1000


def median(values):
    return statistics.median(values)


def row(what, measured, beside, unit="ms"):
    ratio = f"{measured / beside:.2f}" if beside else ""
    shown = f"{beside:.3f} {unit}" if beside else ""
    print(f"{what:<44} {f'{measured:.3f} {unit}':>12} {shown:>12} {ratio:>8}", flush=True)


def limit(what, measured, bound, unit="ms"):
    print(f"{what:<44} {f'{measured:.1f} {unit}':>12} {f'< {bound} {unit}':>12} {measured / bound:>8.2f}", flush=True)
