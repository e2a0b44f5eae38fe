#!/bin/bash
# Copies a prefix by four processes, one on each node. Submit it again until it ends with 0.
#   sbatch slurm_job.sh
#   lade jobs status s3://copy/jobs/
#SBATCH --job-name=lade-copy
#SBATCH --ntasks=4
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=8
#SBATCH --time=12:00:00
#SBATCH --requeue
#SBATCH --open-mode=append

# srun tells each process which it is; a share that fails ends no other, and the exit code is that of the worst.
srun --label --kill-on-bad-exit=0 --wait=0 \
  lade cp -r --shard auto --journal s3://copy/jobs/ --progress plain s3://bucket/data/ s3://copy/data/
