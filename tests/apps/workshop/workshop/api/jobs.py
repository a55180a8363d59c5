from fastapi import APIRouter, BackgroundTasks, Depends, Response

from workshop.api.deps import CurrentCustomer, JobServiceDep, SessionDep, get_job_repository
from workshop.db import SessionLocal
from workshop.models import Bike, Job
from workshop.paging import paginate_select
from workshop.repositories import JobRepository, PartRepository
from workshop.schemas import JobIn, JobOut, Page, PartIn

router = APIRouter(tags=["jobs"])


def clean_up() -> None:
    """Runs after the response, with a session of its own."""
    with SessionLocal.begin() as session:
        PartRepository(db=session).drop_empty()


@router.post("/parts")
async def stock(parts: list[PartIn], service: JobServiceDep, tasks: BackgroundTasks) -> dict[str, int]:
    tasks.add_task(clean_up)
    return {"stocked": service.stock(parts)}


@router.post("/bikes/{bike_id}/jobs", response_model=JobOut, status_code=201)
async def open_job(bike_id: int, job: JobIn, service: JobServiceDep):
    return service.open(bike_id, job)


@router.get("/jobs", response_model=list[JobOut])
async def open_jobs(jobs: JobRepository = Depends(get_job_repository)):
    return jobs.open()


@router.get("/mine", response_model=Page[JobOut])
async def my_jobs(customer: CurrentCustomer, db: SessionDep, page: int = 1):
    mine = Job.bike.has(Bike.owner == customer)
    return paginate_select(session=db, statement=db_jobs().where(mine).order_by(Job.id), page=page, size=2)


def db_jobs():
    from sqlalchemy import select

    return select(Job)


@router.get("/jobs/{job_id}/receipt")
async def receipt(job_id: int, service: JobServiceDep) -> Response:
    return Response(service.receipt(job_id), media_type="text/plain")


@router.post("/bikes/{frame}/done")
async def done(frame: str, service: JobServiceDep) -> dict[str, int]:
    return {"closed": service.close_all(frame)}
