"""The untrusted side: runs a submission and serves calls to it. Imports `grader.wire` and nothing else of ours.

It holds no check, no expected value and no score. Whatever it says about itself is a claim that the judge need not believe.
"""
