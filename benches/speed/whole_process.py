"""Whole processes: `validate` on the example, `plan` without a change at a thousand tenants."""

import sys

from timing import limit, median, milliseconds

portalctl, rows, example = sys.argv[1:4]
limit("validate examples/acme, whole process", median(milliseconds(portalctl, "-C", example, "validate") for _ in range(41)), 30)
limit("plan without a change, 1,000 tenants", median(milliseconds(portalctl, "-C", rows, "plan") for _ in range(15)), 300)
