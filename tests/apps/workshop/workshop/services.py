import logging

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.errors import Conflict
from workshop.models import Bike, Customer, Job, Part
from workshop.repositories import BikeRepository, CustomerRepository, JobRepository, PartRepository
from workshop.schemas import CustomerIn, JobIn, PartIn

logger = logging.getLogger(__name__)


class Service:
    def __init__(self, db: Session) -> None:
        self.db = db
        self.bikes = BikeRepository(db=db)
        self.jobs = JobRepository(db=db)
        self.parts = PartRepository(db=self.db)


class CustomerService(Service):
    def __init__(self, db: Session) -> None:
        super().__init__(db)
        self.customers = CustomerRepository(db=db)

    def register(self, customer: CustomerIn) -> Customer:
        try:
            saved = self.customers.save(Customer(email=customer.email))
            self.db.commit()
        except IntegrityError as error:
            self.db.rollback()
            raise Conflict("There already") from error
        return saved

    def add_bike(self, customer_id: int, frame: str) -> Bike:
        owner = self.customers.get_or_404(customer_id)
        owner.bikes.append(Bike(frame=frame))
        self.db.commit()
        logger.info("%s has %d bikes", owner.email, len(owner.bikes))
        return owner.bikes[-1]


class JobService(Service):
    def stock(self, parts: list[PartIn]) -> int:
        self.db.add_all([Part(**part.model_dump()) for part in parts])
        self.db.commit()
        return len(parts)

    def open(self, bike_id: int, data: JobIn) -> Job:
        bike = self.bikes.get_or_404(bike_id)
        job = Job(title=data.title, bike=bike)
        for part in self.parts.named(data.parts):
            job.parts.append(part)
            self.parts.take(part)
        self.db.add(job)
        self.db.commit()
        return job

    def receipt(self, job_id: int) -> str:
        job = self.jobs.get_or_404(job_id)
        lines = [f"{part.name}: {part.price}" for part in job.parts]
        return "\n".join([f"{job.bike.owner.email}: {job.title}", *lines, f"= {job.total}"])

    def close_all(self, frame: str) -> int:
        bike = self.bikes.first_or_404(frame=frame)
        closed = self.jobs.close_all(bike)
        self.db.commit()
        return closed
